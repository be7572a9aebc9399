# Skews the wall clock of the target's processes, each in its own memory. A program asks the time in the vDSO, code that
# the kernel maps into every process. Its three functions get a jump at their start
#
#   __vdso_clock_gettime ─ jmp ─┐
#   __vdso_gettimeofday  ─ jmp ─┼─> what we append in the unused end of its last page: asks the kernel, adds the offset
#   __vdso_time          ─ jmp ─┘
#
# and get their first bytes back when it is healed. Only wall clocks are skewed: what counts time that has passed
# (CLOCK_MONOTONIC) is left alone. A process is changed while all its threads are stopped under ptrace, and none is in
# what changes; if this program dies meanwhile, the kernel lets them go on.

our $MARK = 'ZONEFALL';    # before it all: the mark, the offset, the first 8 bytes of each function

our @functions = qw(__vdso_clock_gettime __vdso_gettimeofday __vdso_time);
our %ptrace = (pokedata => 5, peekuser => 3, detach => 17, seize => 0x4206, interrupt => 0x4207);
our $X86_64 = 62;     # in the head of a program
our $RIP = 128;       # where a thread is, in the kernel's struct user
our $WALL = 0x40000000;

sub ptrace {
    my ($request, $thread, $address) = @_;
    return syscall(101, $ptrace{$request}, $thread + 0, $address + 0, $_[3]);    # the kernel may write to the last
}

# In x86-64's machine code. Each asks the kernel first, and leaves its errors as they are.
sub code {
    my ($seconds) = @_;
    my $offset = pack('q<', $seconds);
    return (
        # mov eax,228; syscall; test eax,eax; jnz end; edi = 0 (REALTIME), 5 (REALTIME_COARSE) or 11 (TAI), else end;
        # mov rcx,offset; add [rsi],rcx; end: ret
        "\xb8\xe4\0\0\0\x0f\x05\x85\xc0\x75\x1c\x83\xff\x00\x74\x0a\x83\xff\x05\x74\x05\x83\xff\x0b\x75\x0d\x48\xb9"
            . "$offset\x48\x01\x0e\xc3",
        # mov eax,96; syscall; test eax,eax; jnz end; test rdi,rdi; jz end; mov rcx,offset; add [rdi],rcx; end: ret
        "\xb8\x60\0\0\0\x0f\x05\x85\xc0\x75\x12\x48\x85\xff\x74\x0d\x48\xb9$offset\x48\x01\x0f\xc3",
        # push rdi; xor edi,edi; mov eax,201; syscall; pop rdi; mov rcx,offset; add rax,rcx; test rdi,rdi; jz end;
        # mov [rdi],rax; end: ret
        "\x57\x31\xff\xb8\xc9\0\0\0\x0f\x05\x5f\x48\xb9$offset\x48\x01\xc8\x48\x85\xff\x74\x03\x48\x89\x07\xc3",
    );
}

# A process's vDSO: where it is, its bytes, its functions' places, and where its unused end begins. Undefined if it has none.
sub vdso_of {
    my ($process) = @_;
    my ($from, $to) = slurp("/proc/$process/maps") =~ /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m or return undef;
    ($from, $to) = (hex $from, hex $to);
    open(my $memory, '<:raw', "/proc/$process/mem") or die "cannot read the memory of process $process: $!\n";
    sysseek($memory, $from, 0);
    sysread($memory, my $bytes, $to - $from) == $to - $from or die "cannot read the vDSO of process $process: $!\n";
    return undef unless substr($bytes, 0, 6) eq "\x7fELF\x02\x01" && unpack('x18 v', $bytes) == $X86_64;
    my ($headers, $sections, $size, $count, $section_size, $section_count) = unpack('x32 Q< Q< x6 v5', $bytes);
    my ($end, %table) = ($sections + $section_size * $section_count);
    for my $header (map { substr($bytes, $headers + $_ * $size, $size) } 0 .. $count - 1) {
        my ($type, $offset, $length) = unpack('V x4 Q< x16 Q<', $header);
        $end = $offset + $length if $type == 1 && $offset + $length > $end;
        %table = unpack('(Q<2)*', substr($bytes, $offset, $length)) if $type == 2;
    }
    my ($strings, $symbols) = @table{5, 6};
    my %place = ();
    for (my $at = $symbols; $at < $strings; $at += 24) {    # the names come after the symbols
        my ($name, $value) = unpack('V x4 Q<', substr($bytes, $at, 16));
        $place{unpack('Z*', substr($bytes, $strings + $name))} = $value;
    }
    return { from => $from, bytes => $bytes, places => [@place{@functions}], end => ($end + 15) & ~15 };
}

# By how many seconds a process is skewed; 0 if it is not.
sub skew_of {
    my ($vdso) = @_;
    my ($mark, $seconds) = unpack('a8 q<', substr($vdso->{bytes}, $vdso->{end}, 16));
    return defined $mark && $mark eq $MARK ? $seconds : 0;
}

# What is to be written where, in 8 bytes each, by offset in the vDSO.
sub to_skew {
    my ($vdso, $seconds) = @_;
    my ($bytes, $end, @places) = ($vdso->{bytes}, $vdso->{end}, @{ $vdso->{places} });
    die "this kernel's vDSO lacks a function that tells the time\n" if grep { !defined || $_ % 8 } @places;
    my $appended = $MARK . pack('q<', $seconds) . join '', map { substr($bytes, $_, 8) } @places;
    my @starts = ();
    for my $code (code($seconds)) {
        push @starts, $end + length $appended;
        $appended .= $code . "\xcc" x (-length($code) % 8);
    }
    die "this kernel's vDSO has no room left\n"
        if substr($bytes, $end) !~ /^\0*$/ || $end + length($appended) > length $bytes;
    my %writes = map { $end + 8 * $_ => substr($appended, 8 * $_, 8) } 0 .. length($appended) / 8 - 1;
    for my $number (0 .. 2) {
        my $place = $places[$number];
        $writes{$place} = "\xe9" . pack('l<', $starts[$number] - $place - 5) . substr($bytes, $place + 5, 3);
    }
    return %writes;
}

# First the functions get their own bytes back: whoever is in what was appended finds its way out. Then that goes.
sub to_lead_back {
    my ($vdso) = @_;
    my ($bytes, $end, @places) = ($vdso->{bytes}, $vdso->{end}, @{ $vdso->{places} });
    return map { $places[$_] => substr($bytes, $end + 16 + 8 * $_, 8) } 0 .. 2;
}

sub to_clear {
    my ($vdso) = @_;
    my ($bytes, $end) = ($vdso->{bytes}, $vdso->{end});
    return map { $_ => "\0" x 8 } grep { substr($bytes, $_, 8) ne "\0" x 8 } map { $end + 8 * $_ } 0 .. (length($bytes) - $end) / 8 - 1;
}

# Stops every thread of a process, and adds it to `stopped` with the signal that it was about to be given, if any.
sub stop {
    my ($process, $stopped) = @_;
    my @fresh;
    do {
        @fresh = grep { !exists $stopped->{$_} && seize($_) } numbers("/proc/$process/task");
        ptrace('interrupt', $_, 0, 0) for @fresh;
        for my $thread (@fresh) {
            my $status = wait_for($thread);
            next if ($status & 0xff) != 0x7f;    # it has ended
            $stopped->{$thread} = $status >> 16 ? 0 : $status >> 8;
        }
    } while (@fresh);
}

# The status that the kernel tells, as Perl's own waitpid does not for a thread that has stopped.
sub wait_for {
    my ($thread) = @_;
    my $status = "\0" x 4;
    return syscall(61, $thread + 0, $status, $WALL, 0) == $thread ? unpack('V', $status) : 0;
}

# False if the thread has ended. One that another program traces, such as another helper of ours, is waited for.
sub seize {
    my ($thread) = @_;
    for (1 .. 200) {
        return 1 if ptrace('seize', $thread, 0, 0) == 0;
        return 0 if $! + 0 == 3;
        pause_ms(10);
    }
    die "thread $thread cannot be traced: $!\n";
}

# Some kernels let nobody trace anything: tried with a child of ours.
sub try_to_trace {
    my $child = fork() // die "cannot fork: $!\n";
    if ($child == 0) {
        pause_ms(10_000);
        exit 0;
    }
    my $failure = ptrace('seize', $child, 0, 0) == 0 ? '' : "$!";
    kill 9, $child;
    waitpid($child, 0);
    die "this engine lets no process be traced: $failure\n" if $failure ne '';
}

sub place_of {
    my ($thread) = @_;
    my $word = "\0" x 8;
    ptrace('peekuser', $thread, $RIP, $word) == 0 or die "cannot see where thread $thread is: $!\n";
    return unpack 'Q<', $word;
}

# Does to a process what `to_write` says for its vDSO, once no thread of it is in a place that is to change.
sub change {
    my ($process, $to_write) = @_;
    for (1 .. 100) {
        my %stopped = ();
        my $done = eval {
            stop($process, \%stopped);
            my $vdso = %stopped ? vdso_of($process) : undef;
            my %writes = $vdso ? $to_write->($vdso) : ();
            write_words($process, $vdso->{from}, \%writes, [keys %stopped]);
        };
        my $failure = $@;
        ptrace('detach', $_, 0, $stopped{$_}) for keys %stopped;
        die $failure if $failure;
        return if $done;
        pause_ms(1);
    }
    die "process $process never left the functions that tell the time\n";
}

sub write_words {
    my ($process, $from, $writes, $threads) = @_;
    my @offsets = sort { $b <=> $a } keys %$writes;    # what is appended comes before what leads there
    return 1 unless @offsets;
    for my $thread (@$threads) {
        my $place = place_of($thread) - $from;
        return 0 if grep { $_ < $place && $place < $_ + 8 || $_ == $place && $writes->{$_} eq "\0" x 8 } @offsets;
    }
    for my $offset (@offsets) {
        my $word = unpack 'q<', $writes->{$offset};
        ptrace('pokedata', $threads->[0], $from + $offset, $word) == 0
            or die "cannot write to the memory of process $process: $!\n";
    }
    return 1;
}

sub heal {
    for my $process (processes()) {
        my $vdso = eval { vdso_of($process) } or next;
        next unless skew_of($vdso);
        change($process, sub { skew_of($_[0]) ? to_lead_back($_[0]) : () });
        change($process, sub { skew_of($_[0]) ? to_clear($_[0]) : () });
    }
    return show();
}

sub show {
    my @skewed = ();
    for my $process (processes()) {
        my $vdso = eval { vdso_of($process) } or next;
        push @skewed, "$process:" . skew_of($vdso) if skew_of($vdso);
    }
    return join ' ', @skewed;
}

serve({
    begin => sub {
        my $own = slurp('/proc/self/exe');
        die "that needs an engine on x86-64\n" if unpack('x18 v', $own) != $X86_64;
        try_to_trace();
        return (vdso_of($pid) or die "the target's main process has no 64-bit vDSO\n") ? '' : undef;
    },
    inject => sub {
        my ($seconds) = @_;
        for my $process (processes()) {
            my $vdso = vdso_of($process) or next;
            change($process, sub { skew_of($_[0]) ? () : to_skew($_[0], $seconds) });
        }
        return show();
    },
    heal => \&heal,
    show => \&show,
});
