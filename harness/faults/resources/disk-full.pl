# Fills a mount of the target with one file that has no name any more: its space comes back when the process that writes
# it ends, whatever ends it. Nothing is filled that anybody else has to live with: see `refuse`.

our $MEBIBYTE = 1024 * 1024;
our ($writer, $folder) = (0, '');

# Block size, blocks, free blocks, free blocks for those who are not root, type.
sub space {
    my ($path) = @_;
    open(my $stat, '-|', 'stat', '-f', '-c', '%S %b %f %a %T', $path) or die "cannot run stat: $!\n";
    my ($size, $all, $free, $open, $type) = split ' ', join '', <$stat>;
    close $stat;
    die "the file system of $path does not tell its size\n" unless $all;
    return { size => $size * $all, free => $size * $free, open => $size * $open, type => $type };
}

sub device_of {
    my ($path) = @_;
    my $device = (stat $path)[0] // die "cannot look at $path: $!\n";
    return (($device >> 8) & 0xfff) . ':' . (($device & 0xff) | (($device >> 12) & 0xfff00));
}

# Why a folder must not be filled; undefined if it may be. It may be if its file system is the target's alone: a tmpfs, or
# a block device, that the engine's own system has mounted nowhere but for a volume or a container.
sub refuse {
    my ($path, $most, $rest) = @_;
    my $real = inside($path);
    return "$path is no folder" unless -d $real;
    my ($device, $space) = (device_of($real), space($real));
    my ($mount) = grep { $_->{device} eq $device } mounts($pid);
    return "$path lies in the container’s own layer, on the engine’s disk: filling that would fill it for all"
        if $space->{type} eq 'overlayfs' || !$mount;
    return "$path is a $mount->{type}, whose size others may share"
        if $mount->{type} ne 'tmpfs' && $device =~ /^0:/;
    my ($shared) = grep { $_->{device} eq $device && $_->{folder} !~ m{/(volumes/[^/]+/_data|containers/$id/.*)$} }
        mounts(shim());
    return "$path lies on a file system that the engine’s own system uses (at $shared->{folder})" if $shared;
    my $bytes = $space->{free} - $rest;
    return "$path has no more than " . $space->{free} . ' bytes free already' if $bytes <= 0;
    return "$path has " . int($bytes / $MEBIBYTE) . " MiB to be filled, more than maxMebibytes: give it a smaller size"
        if $bytes > $most;
    return 'the engine has too little memory to fill ' . $path
        if $mount->{type} eq 'tmpfs' && $bytes + 256 * $MEBIBYTE > memory_available();
    open(my $file, '>', name_in($real)) or return "$path cannot be written to: $!";
    unlink name_in($real);
    return undef;
}

sub name_in { return "$_[0]/.zonefall-$$" }

sub choose {
    my ($most, $rest) = @_;
    my @reasons = ();
    for my $mount (mounts($pid)) {
        next if $mount->{folder} =~ m{^/(dev|proc|sys|etc)(/|$)} || $mount->{folder} eq '/';
        next if $mount->{options} =~ /^ro\b/;
        my $reason = eval { refuse($mount->{folder}, $most, $rest) } // $@;
        return $mount->{folder} if $reason eq '';
        push @reasons, $reason;
    }
    die join('; ', @reasons) . "\n" if @reasons;
    die "the target has no writable mount with a size of its own: give it one, such as `tmpfs: /tmp:size=64m`\n";
}

# Keeps it full, until it is killed or its parent is gone.
sub fill {
    my ($real, $rest, $parent) = @_;
    $SIG{TERM} = 'DEFAULT';
    open(STDERR, '>', '/dev/null');    # what it says at any time would be in an answer of its parent's
    open(my $file, '>', name_in($real)) or exit 3;
    unlink name_in($real);
    my $block = "\1" x 65536;
    while (getppid() == $parent) {
        my $room = space($real)->{free} - $rest;
        while ($room > 0) {
            my $written = syswrite($file, $block, $room < length $block ? $room : length $block) or last;
            $room -= $written;
        }
        pause_ms(100);
    }
    exit 0;
}

sub heal {
    kill 9, $writer if $writer;
    waitpid($writer, 0) if $writer;
    $writer = 0;
    return '';
}

serve({
    # MOST and REST in bytes, and the folder, or nothing for the first that may be filled.
    begin => sub {
        my ($most, $rest, $path) = @_;
        $folder = $path // choose($most, $rest);
        my $reason = refuse($folder, $most, $rest);
        die "$reason\n" if defined $reason;
        return $folder;
    },
    inject => sub {
        my ($most, $rest) = @_;
        my $reason = refuse($folder, $most, $rest);
        die "$reason\n" if defined $reason;
        my ($real, $parent) = (inside($folder), $$);
        $writer = fork() // die "cannot fork: $!\n";
        fill($real, $rest, $parent) if $writer == 0;
        return '';
    },
    heal => \&heal,
    # `FREE SIZE FOLDER`, in bytes.
    show => sub {
        my $space = space(inside($folder));
        return "$space->{free} $space->{size} $folder";
    },
});
