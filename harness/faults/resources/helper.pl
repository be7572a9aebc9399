# What the programs of resource faults share; each is this text, then its own (perl-program.ts). A helper with the
# engine's pid namespace runs it. Only Perl's own words are used: an image packed from a machine has no modules.
#
#   perl -e TEXT ID PID
#
# ID and PID are the target's: its container, and its main process in the engine's pid namespace.

our ($id, $pid) = @ARGV;
$| = 1;

sub slurp {
    my ($path) = @_;
    open(my $file, '<', $path) or die "cannot read $path: $!\n";
    local $/;
    my $text = <$file>;
    return defined $text ? $text : '';
}

sub spew {
    my ($path, $text) = @_;
    open(my $file, '>', $path) or die "cannot open $path: $!\n";
    defined syswrite($file, $text) or die "cannot write `$text` to $path: $!\n";
}

# Changes with each process that has the same id: ticks since the machine's start.
sub started {
    my ($process) = @_;
    my $stat = eval { slurp("/proc/$process/stat") };
    return undef if !defined $stat || $stat =~ /\) [ZX] /;
    return (split ' ', substr($stat, rindex($stat, ')') + 2))[19];
}

sub is_targets {
    my ($process) = @_;
    my $cgroup = eval { slurp("/proc/$process/cgroup") };
    return defined $cgroup && $cgroup =~ m{[/-]$id(\.scope)?$}m;
}

# All processes of the target. The cgroup's last part is its id, or docker-ID.scope where systemd makes cgroups.
sub processes {
    my @found = ();
    for my $process (numbers('/proc')) {
        push @found, $process if is_targets($process) && defined started($process);
    }
    return @found;
}

# What in a folder is named by a number, in order; nothing if the folder is gone.
sub numbers {
    my ($folder) = @_;
    opendir(my $entries, $folder) or return ();
    return sort { $a <=> $b } grep { /^\d+$/ } readdir $entries;
}

# Where the target's cgroup of a controller is written to: its own view of it is read-only, so by way of its parent
# process, the engine's shim, which lives among the engine's own mounts. On cgroup v2 one folder has all controllers.
# Returns the version, and the folder.
sub cgroup_of {
    my ($controller) = @_;
    my $parent = shim();
    my $base = "/proc/$parent/root/sys/fs/cgroup";
    my ($version, $path, @folders) = (2, undef, '');
    for my $line (split /\n/, slurp("/proc/$pid/cgroup")) {
        my (undef, $controllers, $own) = split /:/, $line, 3;
        if (grep { $_ eq $controller } split /,/, $controllers) {
            ($version, $path) = (1, $own);
            @folders = ("/$controllers", "/$controller");
            last;
        }
        $path = $own if $controllers eq '';
    }
    die "the target is in no cgroup of $controller\n" unless defined $path && $path =~ /$id/;
    # Where the engine itself runs in a container, the front of the path is above what it sees.
    for (my $rest = $path; $rest ne ''; $rest =~ s{^/[^/]*}{}) {
        for my $folder (@folders) {
            return ($version, "$base$folder$rest") if -d "$base$folder$rest";
        }
    }
    die "no cgroup $path can be reached by way of the engine's process $parent\n";
}

# Where a path of the target's is reached from here. A link on it would lead into our own files.
sub inside {
    my ($path) = @_;
    is_targets($pid) or die "the target has ended\n";
    my $real = "/proc/$pid/root";
    for my $part (grep { $_ ne '' } split m{/}, $path) {
        die "$path is not a plain path\n" if $part eq '.' || $part eq '..';
        $real .= "/$part";
        die "$path leads over a symbolic link: give the path that it stands for\n" if -l $real;
        die "there is no $path in the target\n" unless -e $real;
    }
    return $real;
}

# Mounts as a process sees them: each its device, the folder, its options, its type.
sub mounts {
    my ($process) = @_;
    my @mounts = ();
    for my $line (split /\n/, slurp("/proc/$process/mountinfo")) {
        my ($front, $type) = $line =~ /^(.*) - (\S+)/ or next;
        my (undef, undef, $device, undef, $folder, $options) = split ' ', $front;
        $folder =~ s/\\(\d{3})/chr oct $1/ge;
        push @mounts, { device => $device, folder => $folder, options => $options, type => $type };
    }
    return @mounts;
}

# The engine's process that started the target: it lives among the engine's own mounts.
sub shim {
    my ($parent) = slurp("/proc/$pid/status") =~ /^PPid:\s+(\d+)/m;
    return $parent;
}

# In bytes, without taking from anybody.
sub memory_available { return 1024 * (slurp('/proc/meminfo') =~ /^MemAvailable:\s+(\d+)/m)[0] }

# Whether a process of ours may be put into a cgroup: tried with one that does nothing.
sub try_to_join {
    my ($folder) = @_;
    pipe(my $from, my $to) or die "no pipe: $!\n";
    my $child = fork() // die "cannot fork: $!\n";
    if ($child == 0) {
        eval { spew("$folder/cgroup.procs", $$) };
        syswrite($to, $@);
        kill 9, $$;
    }
    close $to;
    my $failure = join '', <$from>;
    waitpid($child, 0);
    die $failure if $failure ne '';
}

sub pause_ms { select(undef, undef, undef, $_[0] / 1000) }

# A line in, lines out, the last of them `@ CODE`. When its input ends, or its time, it undoes what it did.
# `tend` is called every 50 ms in between.
sub serve {
    my ($words, $tend) = @_;
    my $end = sub { eval { $words->{heal}->() }; exit($@ ? 4 : 0) };
    $SIG{TERM} = $end;
    my $input = '';
    while (1) {
        my $ready = '';
        vec($ready, 0, 1) = 1;
        if (select($ready, undef, undef, $tend ? 0.05 : undef) > 0) {
            sysread(STDIN, $input, 4096, length $input) or $end->();
        }
        $tend->() if $tend;
        while ($input =~ s/^(.*)\n//) {
            my ($word, @arguments) = split ' ', $1;
            my $said = eval { $words->{$word}->(@arguments) };
            print defined $said ? "$said\n@ 0\n" : "$@@ 1\n";
        }
    }
}
