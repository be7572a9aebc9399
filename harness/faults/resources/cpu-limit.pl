# Tells what the kernel holds the target's cgroup to: `QUOTA PERIOD STOPS`, the first two in µs, `max` for no quota; the last
# is how often it has stopped the target for having used up its quota, since its cgroup was made.

serve({
    heal => sub { return '' },
    show => sub {
        my ($version, $folder) = cgroup_of('cpu');
        my ($stops) = slurp("$folder/cpu.stat") =~ /^nr_throttled (\d+)$/m;
        return join ' ', slurp("$folder/cpu.max") =~ /^(\S+) (\d+)/, $stops if $version == 2;
        my ($quota, $period) = map { 0 + slurp("$folder/cpu.cfs_${_}_us") } qw(quota period);
        return join ' ', $quota < 0 ? 'max' : $quota, $period, $stops;
    },
});
