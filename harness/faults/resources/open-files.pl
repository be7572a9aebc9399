# Leaves the target's processes no file descriptors but those that they have open, and so many more: what it lowers is
# their own (soft) limit, so that it can be raised again, to what it was for each.

our %before = ();    # of each process that was there: `START SOFT`
our %lowered = ();

sub limit_of {
    my ($process) = @_;
    my ($soft) = slurp("/proc/$process/limits") =~ /^Max open files\s+(\d+|unlimited)/m;
    return $soft;
}

sub set_limit {
    my ($process, $soft) = @_;
    return if (eval { limit_of($process) } // $soft) eq $soft;    # it has ended, or has that limit
    my $child = fork() // die "cannot fork: $!\n";
    if ($child == 0) {
        eval { become_user_of($process) };
        exec 'prlimit', '--pid', $process, "--nofile=$soft:" if !$@;
        exit 1;
    }
    waitpid($child, 0);
    die "the limit of process $process cannot be set\n" if $? != 0 && defined started($process);
}

# Whoever runs a process may set its soft limit. That asks less of an engine than SYS_RESOURCE, which not every one has.
sub become_user_of {
    my ($process) = @_;
    my ($user, $group) = slurp("/proc/$process/status") =~ /^Uid:\s+(\d+).*?^Gid:\s+(\d+)/ms;
    $) = "$group $group";
    ($(, $<, $>) = ($group, $user, $user);
}

# The kernel gives out the lowest number that is free, and none from the limit on.
sub limit_that_leaves {
    my ($process, $spare) = @_;
    my %open = map { $_ => 1 } numbers("/proc/$process/fd");
    my $limit = 0;
    while ($spare > 0 || $open{$limit}) {
        $spare-- unless $open{$limit};
        $limit++;
    }
    return $limit;
}

# What was noted down for it; of one that was born since, what the main process had.
sub limit_before {
    my ($process) = @_;
    my ($start, $soft) = split ' ', $before{$process} // '';
    return $soft if defined $start && $start eq (started($process) // '');
    ($start, $soft) = split ' ', $before{$pid} // '';
    return defined $start && $start eq (started($pid) // '') ? $soft : undef;
}

sub remember {
    my (@notes) = @_;
    %before = map { my ($process, $start, $soft) = split /:/; ($process => "$start $soft") } @notes;
}

sub heal {
    remember(@_) if @_;
    for my $process (processes()) {
        my $soft = limit_before($process);
        set_limit($process, $soft) if defined $soft;
    }
    %lowered = ();
    return '';
}

sub lower {
    my ($spare) = @_;
    for my $process (processes()) {
        next if exists $lowered{$process};
        set_limit($process, $lowered{$process} = limit_that_leaves($process, $spare));
    }
}

serve({
    # Prints `PROCESS:START:SOFT` for each, which is what `heal` can be told.
    begin => sub {
        remember(map { join ':', $_, started($_) // 0, eval { limit_of($_) } // next } processes());
        my @open = numbers("/proc/$pid/fd");
        die "the open files of the target cannot be seen\n" unless @open;
        return join ' ', map { "$_:" . join ':', split ' ', $before{$_} } sort { $a <=> $b } keys %before;
    },
    inject => sub {
        lower($_[0]) for 1 .. 2;    # a process may have been born of one that was not lowered yet
        return '';
    },
    heal => \&heal,
    # `LOW ALL`: of all processes of the target, those whose limit is not what it was; and the main one's.
    show => sub {
        my @all = processes();
        my @low = grep { my ($now, $was) = (eval { limit_of($_) }, limit_before($_)); defined $now && defined $was && $now ne $was } @all;
        return @low . ' ' . @all . ' ' . limit_of($pid);
    },
});
