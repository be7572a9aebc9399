# Limits how fast the target's cgroup reads from and writes to the disks that its files are on. Limits are told as
# DEVICE/READ/WRITE, in bytes a second, 0 where there is none.

our @before = ();
our @V1_FILES = ('blkio.throttle.read_bps_device', 'blkio.throttle.write_bps_device');

# The cgroup controller is called differently.
sub cgroup {
    my @v1 = eval { cgroup_of('blkio') };
    return @v1 && $v1[0] == 1 ? @v1 : cgroup_of('io');
}

# Whole disks, by their numbers: of a part of one the kernel limits nothing. What is not on a disk has a major number of 0.
sub disks {
    my %disks = ();
    for my $device (grep { !/^0:/ } map { $_->{device} } mounts($pid)) {
        my $folder = "/sys/dev/block/$device";
        next unless -e "$folder/dev";
        my ($disk) = slurp(-e "$folder/partition" ? "$folder/../dev" : "$folder/dev") =~ /^(\d+:\d+)/;
        $disks{$disk} = 1;
    }
    return sort keys %disks;
}

sub limits {
    my ($version, $folder) = cgroup();
    my @disks = disks();
    if ($version == 1) {
        my ($read, $write) = map { +{ slurp("$folder/$_") =~ /^(\d+:\d+) (\d+)$/mg } } @V1_FILES;
        return map { join '/', $_, $read->{$_} // 0, $write->{$_} // 0 } @disks;
    }
    my $text = slurp("$folder/io.max");
    return map {
        my ($line) = $text =~ /^\Q$_\E (.*)$/m;
        join '/', $_, map { ($line // '') =~ /\b$_=(\d+)/ ? $1 : 0 } qw(rbps wbps);
    } @disks;
}

sub set_limits {
    my ($version, $folder) = cgroup();
    for my $limit (@_) {
        my ($disk, @bytes) = split m{/}, $limit;
        if ($version == 1) {
            spew("$folder/$V1_FILES[$_]", "$disk $bytes[$_]") for 0 .. 1;
        } else {
            spew("$folder/io.max", sprintf '%s rbps=%s wbps=%s', $disk, map { $_ || 'max' } @bytes);
        }
    }
}

serve({
    begin => sub {
        @before = limits();
        die "no disk is under the target's files that the kernel could slow down\n" unless @before;
        set_limits(@before);    # whether that is possible at all
        return join ' ', @before;
    },
    inject => sub {
        my ($bytes) = @_;
        set_limits(map { (split m{/})[0] . "/$bytes/$bytes" } @before);
        return '';
    },
    heal => sub { set_limits(@_ ? @_ : @before); return '' },
    show => sub { return join ' ', limits() },
});
