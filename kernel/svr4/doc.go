package svr4

// What the manuals leave open, and what a kernel behind Sys does. The modeled kernel is
// held to it by testdata/litmus/svr4, and so would a real one be.
//
//   - An lwp that is made while the exit from lwp_create is traced stops at that exit
//     before its first instruction, as the child of a fork does. Its rval1 is 0, its
//     maker's the new lwp's id. Either may stop first.
//   - At the exit from a fork the parent has the child's pid in rval1 and 0 in rval2, the
//     child its parent's pid and 1 (the registers are rax and rdx). With inherit-on-fork
//     the child stops there too. The modes other than inherit-on-fork are not inherited.
//   - The parent of a vfork stops at its exit before it waits for the child. If it is
//     then let go with PRSTOP, it stops (PR_REQUESTED) when it has its memory back.
//   - After exec the one lwp that is left is lwp 1, whoever called. Files of another lwp
//     have ended (ENOENT, PollEnd); open files of lwp 1 are those of the new one.
//   - A directed stop does not end a sleep in a system call: the lwp shows PR_REQUESTED
//     and PR_ASLEEP, its registers are those at the syscall instruction with rip past it,
//     and PCRUN takes the sleep up again. So does a stop for a signal that came meanwhile:
//     if it is cleared, the sleep goes on.
//   - si_addr of a watchpoint is the first byte of a watched area that was touched.
//   - When a process ends, all its files poll PollEnd, and a child can be waited for.
//   - path/ is illumos': links with the names of object/, of descriptors, cwd and root.
//     SVR4.2 had only the files to open.
//   - auxv holds pairs of 8-byte words, types numbered as in the System V ABI.
