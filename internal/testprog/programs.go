package testprog

// The rows. testdata/README.md lists them too, in the same order, and a test
// holds the two together.

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

	// Assembly without libc
	{Name: "exit42", Lang: Asm, About: "exits with 42, nothing else", Sources: []string{"asm/exit42.S"},
		Runs: []Run{{Status: "exit 42"}}},
	{Name: "asmhello", Lang: Asm, About: "one write, one exit_group", Sources: []string{"asm/hello.S"},
		Runs: []Run{{Stdout: "hello\n"}}},
}
