# Takes memory in the target's cgroup until so much of its limit is held, and keeps it. If the target then needs more than
# is left, the kernel takes it back from here: the processes that hold it are the first that it kills. They are many, each
# with a small part: the kernel may look for another one before all that a killed one held is free, and must find one here.

our $MEBIBYTE = 1024 * 1024;
our $MOST_PARTS = 24;    # a helper may have 32 processes
our @holders = ();
our ($ready, $told, $hand) = (undef, 0);
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

# Until the parent lets go of its end of the leash, which it does too when it dies.
sub hold {
    my ($folder, $bytes, $tell, $leash) = @_;
    $SIG{TERM} = 'DEFAULT';
    eval {
        spew('/proc/self/oom_score_adj', 1000);
        spew("$folder/cgroup.procs", $$);
        open(my $zeros, '<', '/dev/zero') or die;
        my $memory = '';
        while (length $memory < $bytes) {
            sysread($zeros, $memory, $bytes - length $memory, length $memory) or die;
        }
        syswrite($tell, '.');
        sysread($leash, my $nothing, 1);
    };
    kill 9, $$;    # giving it all back piece by piece would take time
}

sub inject {
    my $bytes = bytes_for($_[0]);
    my (undef, $folder) = cgroup_of('memory');
    my $parts = $bytes / $MEBIBYTE < $MOST_PARTS ? $bytes / $MEBIBYTE : $MOST_PARTS;
    pipe($ready, my $tell) && pipe(my $leash, $hand) or die "no pipe: $!\n";
    $told = 0;
    for (1 .. $parts) {
        my $holder = fork() // die "cannot fork: $!\n";
        if ($holder == 0) {
            close $hand;
            hold($folder, int($bytes / $parts), $tell, $leash);
        }
        push @holders, $holder;
    }
    return '';
}

sub heal {
    kill 9, @holders;
    waitpid($_, 0) for @holders;
    @holders = ();
    return '';
}

# `PARTS READY THERE HELD LIMIT`: in how many parts it was taken, how many of them have been, and are there still.
sub show {
    my $readable = '';
    if (@holders) {
        vec($readable, fileno $ready, 1) = 1;
        $told += sysread($ready, my $dots, $MOST_PARTS) if select($readable, undef, undef, 0) > 0;
    }
    my $there = grep { defined started($_) } @holders;
    return join ' ', scalar @holders, $told, $there, held_and_limit();
}

serve({
    begin => sub {
        bytes_for($_[0]);
        try_to_join((cgroup_of('memory'))[1]);
        return '';
    },
    inject => \&inject,
    heal => \&heal,
    show => \&show,
}, sub { heal() if @holders && (started($pid) // '') ne $main });
