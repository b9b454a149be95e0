/* Dies by a signal of its own making. */
int main(void)
{
	*(volatile int *)8 = 0;
	return 0;
}
