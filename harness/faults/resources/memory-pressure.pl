# Takes memory in the target's cgroup until so much of its limit is held, and keeps it. If the target then needs more than
# is left, the kernel takes it back from here: what holds it is the first process that it kills.

our $MEBIBYTE = 1024 * 1024;
our ($holder, $ready, $leash) = (0);
our $main = started($pid);

# What the cgroup holds and the kernel cannot take back without killing somebody, and its limit; in bytes.
sub held_and_limit {
    my ($version, $folder) = cgroup_of('memory');
    my %of = slurp("$folder/memory.stat") =~ /^(\S+) (\d+)$/mg;
    return ($of{total_rss} + ($of{total_shmem} // 0), $of{hierarchical_memory_limit}) if $version == 1;
    my $limit = slurp("$folder/memory.max");
    return ($of{anon} + $of{shmem}, $limit =~ /^max/ ? 2**60 : 0 + $limit);
}

sub bytes_for {
    my ($share) = @_;
    my ($held, $limit) = held_and_limit();
    my ($total) = slurp('/proc/meminfo') =~ /^MemTotal:\s+(\d+)/m;
    die "the target has no memory limit that a share could be taken of: give it one (mem_limit)\n"
        if $limit > $total * 1024;
    my $bytes = int(($share * $limit - $held) / $MEBIBYTE) * $MEBIBYTE;
    die "the target itself holds that share of its limit already\n" if $bytes < $MEBIBYTE;
    die 'the engine has too little memory to give away ' . $bytes / $MEBIBYTE . " MiB\n"
        if $bytes + 256 * $MEBIBYTE > memory_available();
    return $bytes;
}

# Until the parent lets go of the leash, which it does too when it dies.
sub hold {
    my ($folder, $bytes, $told) = @_;
    $SIG{TERM} = 'DEFAULT';
    eval {
        spew('/proc/self/oom_score_adj', 1000);
        spew("$folder/cgroup.procs", $$);
        my @chunks = ();
        for (1 .. $bytes / $MEBIBYTE) {
            push @chunks, "\1" x $MEBIBYTE;
        }
        syswrite($told, 'held');
        sysread($leash, my $nothing, 1);
    };
    kill 9, $$;    # giving it all back piece by piece would take time
}

sub heal {
    kill 9, $holder if $holder;
    waitpid($holder, 0) if $holder;
    $holder = 0;
    return '';
}

# `HELD LIMIT`, and whether what was to be taken is there.
sub show {
    my $state = 'none';
    if ($holder) {
        my $readable = '';
        vec($readable, fileno $ready, 1) = 1;
        my $told = select($readable, undef, undef, 0);
        $state = !is_alive($holder) ? 'lost' : $told ? 'held' : 'growing';
    }
    return $state . ' ' . join ' ', held_and_limit();
}

sub is_alive { return defined started($_[0]) }

serve({
    begin => sub { bytes_for($_[0]); return '' },
    inject => sub {
        my $bytes = bytes_for($_[0]);
        my (undef, $folder) = cgroup_of('memory');
        pipe($ready, my $told) && pipe($leash, my $hand) or die "no pipe: $!\n";
        $holder = fork() // die "cannot fork: $!\n";
        if ($holder == 0) {
            close $hand;
            hold($folder, $bytes, $told);
        }
        our $kept = $hand;
        return '';
    },
    heal => \&heal,
    show => \&show,
}, sub { heal() if $holder && (started($pid) // '') ne $main });
