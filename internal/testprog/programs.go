package testprog

// The rows. testdata/README.md lists them too, in the same order, and a test
// holds the two together.

import "strings"

var programs = []Program{
	// Basics
	{Name: "hello", About: "prints one line", Sources: []string{"c/hello.c"},
		Variants: []string{"static", "staticpie", "nopie", "O2", "stripped", "static+stripped", "cet", "nofp+O2", "dwarf4", "gz"},
		Runs:     []Run{{Stdout: "hello\n"}}},
	{Name: "args", About: "prints its arguments and the TP_ part of its environment; exits with argc-1", Sources: []string{"c/args.c"},
		Runs: []Run{
			{Args: []string{"one", "", "three four"}, Stdout: "argv[1]=one\nargv[2]=\nargv[3]=three four\n", Status: "exit 3"},
			{Arg0: "other", Stdout: ""}}},
	{Name: "loop", About: "calls work() N times; prints the counter", Sources: []string{"c/loop.c"},
		Variants: []string{"static", "nopie", "O2", "cet", "nofp+O2"},
		Runs: []Run{
			{Stdout: "calls 1000 sum 499500\n"},
			{Args: []string{"7"}, Stdout: "calls 7 sum 21\n"}}},
	{Name: "factorial", About: "recursion: 12 frames of factorial()", Sources: []string{"c/factorial.c"},
		Variants: []string{"nopie", "nofp"},
		Runs:     []Run{{Stdout: "12! = 479001600\n"}}},

	// Threads
	{Name: "threads", About: "N threads call f() M times each; prints the sum", Sources: []string{"c/threads.c"},
		Variants: []string{"static", "O2", "cet"},
		Runs: []Run{
			{Stdout: "threads 4 calls 4000 sum 4000\n"},
			{Args: []string{"16", "50"}, Stdout: "threads 16 calls 800 sum 800\n"}}},
	{Name: "threadchurn", About: "threads born and dying all the time", Sources: []string{"c/threadchurn.c"},
		Runs: []Run{
			{Stdout: "ready\nthreads 2000\n"},
			{Args: []string{"0"}, Stdout: "ready\nthreads many\n"}}},
	{Name: "blocked", About: "a thread asleep in each blocking system call; tells which returned", Sources: []string{"c/blocked.c"},
		Runs: []Run{{Match: `ready\n(?:[a-z_-]+ returned 0 eintr 0\n){18}`}}},

	// Processes
	{Name: "forks", About: "a tree of processes with exit codes", Sources: []string{"c/forks.c"},
		Variants: []string{"static"},
		Runs: []Run{
			{Stdout: "processes 40\n"},
			{Args: []string{"1", "8"}, Stdout: "processes 9\n"}}},
	{Name: "forkthreads", About: "threads that fork all at once", Sources: []string{"c/forkthreads.c"},
		Runs: []Run{{Stdout: "children 100\n"}}},
	{Name: "vfork", About: "vfork, then exec or _exit", Sources: []string{"c/vfork.c"},
		Runs: []Run{
			{Args: []string{"exit"}, Stdout: "child 0: exit 7\nchild 1: exit 7\nchild 2: exit 7\n"},
			{Args: []string{"exec", "{prog:args}"}, Stdout: "argv[1]=x\nchild 0: exit 1\nargv[1]=x\nchild 1: exit 1\nargv[1]=x\nchild 2: exit 1\n"}}},
	{Name: "clonevm", About: "clone(CLONE_VM) without CLONE_THREAD: two processes, one memory", Sources: []string{"c/clonevm.c"},
		Runs: []Run{{Stdout: "parent 500 child 500 exit 5\n"}}},
	{Name: "spawn", About: "posix_spawn", Sources: []string{"c/spawn.c"},
		Runs: []Run{{Args: []string{"{prog:args}"}, Stdout: strings.Repeat("argv[1]=spawned\nexit 1\n", 3)}}},
	{Name: "execchain", About: "execs its arguments: A execs B execs C", Sources: []string{"c/execchain.c"},
		Runs: []Run{
			{Stdout: "exec 0\n"},
			{Args: []string{"{prog:execchain+static}", "{prog:execchain+nopie}", "{prog:args}", "end"}, Stdout: "exec 4\nexec 3\nexec 2\nargv[1]=end\n", Status: "exit 1"}}},
	{Name: "execthread", About: "exec from a thread that is not the leader", Sources: []string{"c/execthread.c"},
		Runs: []Run{{Args: []string{"{prog:args}", "a", "b"}, Stdout: "argv[1]=a\nargv[2]=b\n", Status: "exit 2"}}},
	{Name: "leaderexit", About: "the thread group leader ends first", Sources: []string{"c/leaderexit.c"},
		Runs: []Run{
			{Stdout: "leader gone\n", Status: "exit 6"},
			{Args: []string{"exec", "{prog:args}", "a"}, Stdout: "leader gone\nargv[1]=a\n", Status: "exit 1"}}},
	{Name: "daemon", About: "a double fork; the grandchild writes last", Sources: []string{"c/daemon.c"},
		Runs: []Run{{Stdout: "child: exit 0\ndaemon: alone\n"}}},

	// Assembly without libc
	{Name: "exit42", Lang: Asm, About: "exits with 42, nothing else", Sources: []string{"asm/exit42.S"},
		Runs: []Run{{Status: "exit 42"}}},
	{Name: "asmhello", Lang: Asm, About: "one write, one exit_group", Sources: []string{"asm/hello.S"},
		Runs: []Run{{Stdout: "hello\n"}}},

	// Benchmarks (testdata/bench): the floor tracer and its tracees
	{Name: "floor", About: "the least a ptrace tracer can do: what trapline is measured against", Sources: []string{"bench/floor.c"}, Flags: []string{"-O2"}},
	{Name: "getppid", Lang: Asm, About: "N system calls", Sources: []string{"bench/getppid.S"},
		Runs: []Run{{Args: []string{"1000"}}, {}}},
	{Name: "spin", Lang: Asm, About: "a tight loop of arithmetic to step through", Sources: []string{"bench/spin.S"}},
	{Name: "pushcalls", Lang: Asm, About: "N calls of a function at 0x401000 that begins with push %rbp", Sources: []string{"bench/calls.S"},
		Runs: []Run{{Args: []string{"7"}}, {}}},
	{Name: "endbrcalls", Lang: Asm, About: "N calls of a function at 0x401000 that begins with endbr64", Sources: []string{"bench/calls.S"}, Flags: []string{"-DENDBR"},
		Runs: []Run{{Args: []string{"7"}}, {}}},
	{Name: "bigmem", About: "a patterned region at 0x100000000000, 1 GiB by default", Sources: []string{"bench/bigmem.c"}, Flags: []string{"-O2"},
		Runs: []Run{{Args: []string{"16"}, Stdout: "ready\n2097152 words, 0 changed\n"}}},
}
