# Workers in the target's cgroup that do nothing but use the CPU: they count as the target's own, for its limit and its
# share. This program itself stays outside, and ends them when the target has ended.

our @workers = ();
our $main = started($pid);

sub work {
    my ($folder, $parent) = @_;
    $SIG{TERM} = 'DEFAULT';
    eval { spew("$folder/cgroup.procs", $$) } or exit 3;
    while (getppid() == $parent) {
        1 for 1 .. 100_000;
    }
    exit 0;
}

sub heal {
    kill 9, @workers;
    waitpid($_, 0) for @workers;
    @workers = ();
    return show();
}

# How many are at work in the target's cgroup, and the CPU time that all have used, in ticks.
sub show {
    my ($inside, $ticks) = (0, 0);
    for my $worker (@workers) {
        next unless is_targets($worker);
        my $stat = slurp("/proc/$worker/stat");
        my @fields = split ' ', substr($stat, rindex($stat, ')') + 2);
        $ticks += $fields[11] + $fields[12];
        $inside++;
    }
    return "$inside $ticks";
}

serve({
    begin => sub { try_to_join((cgroup_of('cpu'))[1]); return '' },
    inject => sub {
        my ($count) = @_;
        my (undef, $folder) = cgroup_of('cpu');
        my $parent = $$;
        for (1 .. $count) {
            my $worker = fork();
            defined $worker or die "cannot fork: $!\n";
            work($folder, $parent) if $worker == 0;
            push @workers, $worker;
        }
        return '';
    },
    heal => \&heal,
    show => \&show,
}, sub { heal() if @workers && (started($pid) // '') ne $main });
