# Tells what the kernel holds the target's cgroup to: `QUOTA PERIOD`, in µs, and `max` for no quota.

serve({
    heal => sub { return '' },
    show => sub {
        my ($version, $folder) = cgroup_of('cpu');
        return join ' ', slurp("$folder/cpu.max") =~ /^(\S+) (\d+)/ if $version == 2;
        my ($quota, $period) = map { 0 + slurp("$folder/cpu.cfs_${_}_us") } qw(quota period);
        return ($quota < 0 ? 'max' : $quota) . " $period";
    },
});
