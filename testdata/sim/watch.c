/* Cells for watchpoints: each is written a known number of times with known values,
 * between two neighbours that are written as well.
 *   watch [T] [N]: T threads, N rounds each.
 *     cell: 1, 2, 3 ... T*N, under a lock; left and right: the words beside it
 *     mine[i]: 10*i+1 ... 10*i+N by thread i alone, without a lock (N < 10)
 *     same_value: written T*N times with 7, so it changes once
 *     filled: four words by one rep stosq, N times, with 1 ... N, by the first thread
 * Counts: put_cell T*N, put_beside T*N, put_mine T*N, put_same T*N, fill N. */
#include "sim.h"

struct {
	long left, cell, right;
} around __attribute__((aligned(32)));
long mine[THREADS];
long same_value;
long filled[4];
int lock;
long each;

NAKED long put_cell(void)
{
	__asm__("incq around+8(%rip)\n\t"
		"mov around+8(%rip), %rax\n\t"
		"ret");
}

NAKED void put_beside(void)
{
	__asm__("push %rbp\n\t"
		"subq $3, around(%rip)\n\t"
		"addl $5, around+16(%rip)\n\t"
		"pop %rbp\n\t"
		"ret");
}

NAKED void put_mine(long *at MAYBE, long v MAYBE)
{
	__asm__("mov %rsi, (%rdi)\n\t"
		"ret");
}

NAKED void put_same(void)
{
	__asm__("endbr64\n\t"
		"movq $7, same_value(%rip)\n\t"
		"ret");
}

/* rdi: where; rax: what; rcx: how many words. */
NAKED void fill(void)
{
	__asm__("rep stosq\n\t"
		"ret");
}

static void body(long i)
{
	for (long k = 1; k <= each; k++) {
		spin_lock(&lock);
		long before = around.cell;
		CHECK(put_cell() == before + 1);
		put_beside();
		spin_unlock(&lock);
		put_mine(&mine[i], 10 * i + k);
		put_same();
		if (i == 0)
			call_raw(fill, k, (long)filled, 0, 4);
	}
}

int main(int argc, char **argv)
{
	long t = arg(argc, argv, 1, 3, THREADS), sum = 0;
	each = arg(argc, argv, 2, 5, 9);
	for (long i = 0; i < t; i++)
		thread(i, body, i);
	for (long i = 0; i < t; i++)
		join(i);
	for (long i = 0; i < t; i++)
		sum += mine[i];
	say("cell %d left %d right %d\n", around.cell, around.left, around.right);
	say("mine %d same %d filled %d\n", sum, same_value, filled[0] + filled[1] + filled[2] + filled[3]);
	return 0;
}
