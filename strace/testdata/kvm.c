/* A virtual processor that writes to a port, to memory that is not there, and halts: prints the calls that set it
 * going as strace -y -a1 -e trace=ioctl -e kvm=vcpu has them, from the first to the last. Ends with 77 where there
 * is no KVM. The code that it runs is outb %al,$0x10; movb %al,(0x8000); hlt. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static const unsigned char code[] = {0xe6, 0x10, 0xa2, 0x00, 0x80, 0xf4};

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR);
	int vm = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		return 77;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(page, code, sizeof(code));
	struct kvm_userspace_memory_region region = {.guest_phys_addr = 0x1000, .memory_size = 4096, .userspace_addr = (unsigned long)page};
	int cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0 || cpu < 0 || size < 0)
		return 77;
	struct kvm_sregs sregs;
	ioctl(cpu, KVM_GET_SREGS, &sregs);
	sregs.cs.base = sregs.cs.selector = 0;
	ioctl(cpu, KVM_SET_SREGS, &sregs);
	struct kvm_regs regs = {.rip = 0x1000, .rflags = 2};
	ioctl(cpu, KVM_SET_REGS, &regs);
	mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
	const char *reasons[] = {"IO", "MMIO", "HLT"};
	for (int i = 0; i < 3; i++)
		if (ioctl(cpu, KVM_RUN, 0) < 0)
			return 77;
	for (int i = 0; i < 3; i++)
		printf("ioctl(%d<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = 0 (KVM_EXIT_%s)\n", cpu, reasons[i]);
	printf("+++ exited with 0 +++\n");
	return 0;
}
