// ioctl commands of virtual machines (KVM, Documentation/virt/kvm/api.rst of the kernel).

package syscalls

func ioctlKVM() ioctlTable {
	return ioctlTable{
		0xae03:     in(fEnum(&tKvmCap)), // KVM_CHECK_EXTENSION
		0xae41:     d,                   // KVM_CREATE_VCPU
		0x4020ae46: kvmMemory.in(),      // KVM_SET_USER_MEMORY_REGION
		0x8090ae81: kvmRegs.out(),       // KVM_GET_REGS
		0x4090ae82: kvmRegs.in(),        // KVM_SET_REGS
		0x8138ae83: kvmSregs.out(),      // KVM_GET_SREGS
		0x4138ae84: kvmSregs.in(),       // KVM_SET_SREGS
		0x4008ae90: kvmCpuid.in(),       // KVM_SET_CPUID2
		0xc008ae05: kvmCpuid.out(),      // KVM_GET_SUPPORTED_CPUID
		0xc008ae09: kvmCpuid.out(),      // KVM_GET_EMULATED_CPUID
	}
}

var (
	kvmMemory = newRecord(u32le("slot"), flags32("flags", &tKvmMemory), h64("guest_phys_addr"), u64le("memory_size"), h64("userspace_addr"))
	kvmRegs   = newRecord(h64("rax"), gap(), h64("rbx").verbose(), h64("rcx").verbose(), h64("rdx").verbose(), h64("rsi").verbose(), h64("rdi").verbose(),
		h64("rsp"), h64("rbp"), gap(), h64("r8").verbose(), h64("r9").verbose(), h64("r10").verbose(), h64("r11").verbose(), h64("r12").verbose(),
		h64("r13").verbose(), h64("r14").verbose(), h64("r15").verbose(), h64("rip"), h64("rflags"))
	kvmSegment = newRecord(h64("base"), u32le("limit"), u16le("selector"), u8("type"), u8("present"), u8("dpl"), u8("db"), u8("s"), u8("l"), u8("g"), u8("avl"), pad(2))
	kvmTable   = newRecord(h64("base"), u16le("limit"), pad(6))
	kvmSregs   = newRecord(sub("cs", kvmSegment), more(), sub("ds", kvmSegment), sub("es", kvmSegment), sub("fs", kvmSegment), sub("gs", kvmSegment), sub("ss", kvmSegment),
		sub("tr", kvmSegment), sub("ldt", kvmSegment), sub("gdt", kvmTable), sub("idt", kvmTable), u64le("cr0"), u64le("cr2"), u64le("cr3"), u64le("cr4"), u64le("cr8"),
		u64le("efer"), h64("apic_base"), array(4, h64("interrupt_bitmap")))
	kvmCpuid      = newRecord(u32le("nent"), pad(4), kvmEntries)
	kvmEntries    = behind("entries", "nent", readLimit, sub("", kvmCpuidEntry)).elided()
	kvmCpuidEntry = newRecord(h32("function"), h32("index"), flags32("flags", &tKvmCpuid), h32("eax"), h32("ebx"), h32("ecx"), h32("edx"), pad(12))
)

// elided shows of a list without -v only that there is something in it.
func (f field) elided() field {
	whole := f.all
	f.all = func(c *Call, m *member, s []byte) {
		if !c.opts.Verbose && m.by.number(s) != 0 {
			c.str("[...]")
			return
		}
		whole(c, m, s)
	}
	return f
}

// kvmRan is the result of KVM_RUN and why the processor stopped: exit_reason of struct kvm_run (linux/kvm.h).
func kvmRan(c *Call, v uint64) {
	c.dec(int64(v))
	if c.opts.VCPU == nil {
		return
	}
	const exitReason = 8
	run := c.opts.VCPU(c.PID, int32(c.arg(0)))
	if run == 0 {
		return
	}
	p, ok := c.read(run+exitReason, 4)
	if !ok {
		return
	}
	reason := tKvmExit.find(uint64(u32(p)))
	if reason == "" || !c.known(reason) {
		reason = tKvmExit.unknown
	}
	c.aux = append(c.aux[:0], reason...)
}

var tKvmExit = table{"KVM_EXIT_???", []name{{0, "KVM_EXIT_UNKNOWN"}, {1, "KVM_EXIT_EXCEPTION"}, {2, "KVM_EXIT_IO"},
	{3, "KVM_EXIT_HYPERCALL"}, {4, "KVM_EXIT_DEBUG"}, {5, "KVM_EXIT_HLT"}, {6, "KVM_EXIT_MMIO"},
	{7, "KVM_EXIT_IRQ_WINDOW_OPEN"}, {8, "KVM_EXIT_SHUTDOWN"}, {9, "KVM_EXIT_FAIL_ENTRY"}, {10, "KVM_EXIT_INTR"},
	{11, "KVM_EXIT_SET_TPR"}, {12, "KVM_EXIT_TPR_ACCESS"}, {13, "KVM_EXIT_S390_SIEIC"}, {14, "KVM_EXIT_S390_RESET"},
	{15, "KVM_EXIT_DCR"}, {16, "KVM_EXIT_NMI"}, {17, "KVM_EXIT_INTERNAL_ERROR"}, {18, "KVM_EXIT_OSI"},
	{19, "KVM_EXIT_PAPR_HCALL"}, {20, "KVM_EXIT_S390_UCONTROL"}, {21, "KVM_EXIT_WATCHDOG"}, {22, "KVM_EXIT_S390_TSCH"},
	{23, "KVM_EXIT_EPR"}, {24, "KVM_EXIT_SYSTEM_EVENT"}, {25, "KVM_EXIT_S390_STSI"}, {26, "KVM_EXIT_IOAPIC_EOI"},
	{27, "KVM_EXIT_HYPERV"}, {28, "KVM_EXIT_ARM_NISV"}, {29, "KVM_EXIT_X86_RDMSR"}, {30, "KVM_EXIT_X86_WRMSR"},
	{31, "KVM_EXIT_DIRTY_RING_FULL"}, {32, "KVM_EXIT_AP_RESET_HOLD"}, {33, "KVM_EXIT_X86_BUS_LOCK"}, {34, "KVM_EXIT_XEN"},
	{35, "KVM_EXIT_RISCV_SBI"}, {36, "KVM_EXIT_RISCV_CSR"}, {37, "KVM_EXIT_NOTIFY"}, {38, "KVM_EXIT_LOONGARCH_IOCSR"},
	{39, "KVM_EXIT_MEMORY_FAULT"}, {40, "KVM_EXIT_TDX"}}}

var tKvmMemory = table{"KVM_MEM_???", []name{{1, "KVM_MEM_LOG_DIRTY_PAGES"}, {2, "KVM_MEM_READONLY"}}}

var tKvmCpuid = table{"KVM_CPUID_FLAG_???", []name{{1, "KVM_CPUID_FLAG_SIGNIFCANT_INDEX"}, {2, "KVM_CPUID_FLAG_STATEFUL_FUNC"}, {4, "KVM_CPUID_FLAG_STATE_READ_NEXT"}}}

var tKvmCap = table{"KVM_CAP_???", []name{{0, "KVM_CAP_IRQCHIP"}, {0x1, "KVM_CAP_HLT"}, {0x2, "KVM_CAP_MMU_SHADOW_CACHE_CONTROL"},
	{0x3, "KVM_CAP_USER_MEMORY"}, {0x4, "KVM_CAP_SET_TSS_ADDR"}, {0x6, "KVM_CAP_VAPIC"}, {0x7, "KVM_CAP_EXT_CPUID"}, {0x8, "KVM_CAP_CLOCKSOURCE"},
	{0x9, "KVM_CAP_NR_VCPUS"}, {0xa, "KVM_CAP_NR_MEMSLOTS"}, {0xb, "KVM_CAP_PIT"}, {0xc, "KVM_CAP_NOP_IO_DELAY"}, {0xd, "KVM_CAP_PV_MMU"},
	{0xe, "KVM_CAP_MP_STATE"}, {0xf, "KVM_CAP_COALESCED_MMIO"}, {0x10, "KVM_CAP_SYNC_MMU"}, {0x12, "KVM_CAP_IOMMU"},
	{0x15, "KVM_CAP_DESTROY_MEMORY_REGION_WORKS"}, {0x16, "KVM_CAP_USER_NMI"}, {0x17, "KVM_CAP_SET_GUEST_DEBUG"}, {0x18, "KVM_CAP_REINJECT_CONTROL"},
	{0x19, "KVM_CAP_IRQ_ROUTING"}, {0x1a, "KVM_CAP_IRQ_INJECT_STATUS"}, {0x1d, "KVM_CAP_ASSIGN_DEV_IRQ"}, {0x1e, "KVM_CAP_JOIN_MEMORY_REGIONS_WORKS"},
	{0x1f, "KVM_CAP_MCE"}, {0x20, "KVM_CAP_IRQFD"}, {0x21, "KVM_CAP_PIT2"}, {0x22, "KVM_CAP_SET_BOOT_CPU_ID"}, {0x23, "KVM_CAP_PIT_STATE2"},
	{0x24, "KVM_CAP_IOEVENTFD"}, {0x25, "KVM_CAP_SET_IDENTITY_MAP_ADDR"}, {0x26, "KVM_CAP_XEN_HVM"}, {0x27, "KVM_CAP_ADJUST_CLOCK"},
	{0x28, "KVM_CAP_INTERNAL_ERROR_DATA"}, {0x29, "KVM_CAP_VCPU_EVENTS"}, {0x2a, "KVM_CAP_S390_PSW"}, {0x2b, "KVM_CAP_PPC_SEGSTATE"},
	{0x2c, "KVM_CAP_HYPERV"}, {0x2d, "KVM_CAP_HYPERV_VAPIC"}, {0x2e, "KVM_CAP_HYPERV_SPIN"}, {0x2f, "KVM_CAP_PCI_SEGMENT"},
	{0x30, "KVM_CAP_PPC_PAIRED_SINGLES"}, {0x31, "KVM_CAP_INTR_SHADOW"}, {0x32, "KVM_CAP_DEBUGREGS"}, {0x33, "KVM_CAP_X86_ROBUST_SINGLESTEP"},
	{0x34, "KVM_CAP_PPC_OSI"}, {0x35, "KVM_CAP_PPC_UNSET_IRQ"}, {0x36, "KVM_CAP_ENABLE_CAP"}, {0x37, "KVM_CAP_XSAVE"}, {0x38, "KVM_CAP_XCRS"},
	{0x39, "KVM_CAP_PPC_GET_PVINFO"}, {0x3a, "KVM_CAP_PPC_IRQ_LEVEL"}, {0x3b, "KVM_CAP_ASYNC_PF"}, {0x3c, "KVM_CAP_TSC_CONTROL"},
	{0x3d, "KVM_CAP_GET_TSC_KHZ"}, {0x3e, "KVM_CAP_PPC_BOOKE_SREGS"}, {0x3f, "KVM_CAP_SPAPR_TCE"}, {0x40, "KVM_CAP_PPC_SMT"}, {0x41, "KVM_CAP_PPC_RMA"},
	{0x42, "KVM_CAP_MAX_VCPUS"}, {0x43, "KVM_CAP_PPC_HIOR"}, {0x44, "KVM_CAP_PPC_PAPR"}, {0x45, "KVM_CAP_SW_TLB"}, {0x46, "KVM_CAP_ONE_REG"},
	{0x47, "KVM_CAP_S390_GMAP"}, {0x48, "KVM_CAP_TSC_DEADLINE_TIMER"}, {0x49, "KVM_CAP_S390_UCONTROL"}, {0x4a, "KVM_CAP_SYNC_REGS"},
	{0x4b, "KVM_CAP_PCI_2_3"}, {0x4c, "KVM_CAP_KVMCLOCK_CTRL"}, {0x4d, "KVM_CAP_SIGNAL_MSI"}, {0x4e, "KVM_CAP_PPC_GET_SMMU_INFO"},
	{0x4f, "KVM_CAP_S390_COW"}, {0x50, "KVM_CAP_PPC_ALLOC_HTAB"}, {0x51, "KVM_CAP_READONLY_MEM"}, {0x52, "KVM_CAP_IRQFD_RESAMPLE"},
	{0x53, "KVM_CAP_PPC_BOOKE_WATCHDOG"}, {0x54, "KVM_CAP_PPC_HTAB_FD"}, {0x55, "KVM_CAP_S390_CSS_SUPPORT"}, {0x56, "KVM_CAP_PPC_EPR"},
	{0x57, "KVM_CAP_ARM_PSCI"}, {0x58, "KVM_CAP_ARM_SET_DEVICE_ADDR"}, {0x59, "KVM_CAP_DEVICE_CTRL"}, {0x5a, "KVM_CAP_IRQ_MPIC"},
	{0x5b, "KVM_CAP_PPC_RTAS"}, {0x5c, "KVM_CAP_IRQ_XICS"}, {0x5d, "KVM_CAP_ARM_EL1_32BIT"}, {0x5e, "KVM_CAP_SPAPR_MULTITCE"},
	{0x5f, "KVM_CAP_EXT_EMUL_CPUID"}, {0x60, "KVM_CAP_HYPERV_TIME"}, {0x61, "KVM_CAP_IOAPIC_POLARITY_IGNORED"}, {0x62, "KVM_CAP_ENABLE_CAP_VM"},
	{0x63, "KVM_CAP_S390_IRQCHIP"}, {0x64, "KVM_CAP_IOEVENTFD_NO_LENGTH"}, {0x65, "KVM_CAP_VM_ATTRIBUTES"}, {0x66, "KVM_CAP_ARM_PSCI_0_2"},
	{0x67, "KVM_CAP_PPC_FIXUP_HCALL"}, {0x68, "KVM_CAP_PPC_ENABLE_HCALL"}, {0x69, "KVM_CAP_CHECK_EXTENSION_VM"}, {0x6a, "KVM_CAP_S390_USER_SIGP"},
	{0x6b, "KVM_CAP_S390_VECTOR_REGISTERS"}, {0x6c, "KVM_CAP_S390_MEM_OP"}, {0x6d, "KVM_CAP_S390_USER_STSI"}, {0x6e, "KVM_CAP_S390_SKEYS"},
	{0x6f, "KVM_CAP_MIPS_FPU"}, {0x70, "KVM_CAP_MIPS_MSA"}, {0x71, "KVM_CAP_S390_INJECT_IRQ"}, {0x72, "KVM_CAP_S390_IRQ_STATE"},
	{0x73, "KVM_CAP_PPC_HWRNG"}, {0x74, "KVM_CAP_DISABLE_QUIRKS"}, {0x75, "KVM_CAP_X86_SMM"}, {0x76, "KVM_CAP_MULTI_ADDRESS_SPACE"},
	{0x77, "KVM_CAP_GUEST_DEBUG_HW_BPS"}, {0x78, "KVM_CAP_GUEST_DEBUG_HW_WPS"}, {0x79, "KVM_CAP_SPLIT_IRQCHIP"}, {0x7a, "KVM_CAP_IOEVENTFD_ANY_LENGTH"},
	{0x7b, "KVM_CAP_HYPERV_SYNIC"}, {0x7c, "KVM_CAP_S390_RI"}, {0x7d, "KVM_CAP_SPAPR_TCE_64"}, {0x7e, "KVM_CAP_ARM_PMU_V3"},
	{0x7f, "KVM_CAP_VCPU_ATTRIBUTES"}, {0x80, "KVM_CAP_MAX_VCPU_ID"}, {0x81, "KVM_CAP_X2APIC_API"}, {0x82, "KVM_CAP_S390_USER_INSTR0"},
	{0x83, "KVM_CAP_MSI_DEVID"}, {0x84, "KVM_CAP_PPC_HTM"}, {0x85, "KVM_CAP_SPAPR_RESIZE_HPT"}, {0x86, "KVM_CAP_PPC_MMU_RADIX"},
	{0x87, "KVM_CAP_PPC_MMU_HASH_V3"}, {0x88, "KVM_CAP_IMMEDIATE_EXIT"}, {0x89, "KVM_CAP_MIPS_VZ"}, {0x8a, "KVM_CAP_MIPS_TE"},
	{0x8b, "KVM_CAP_MIPS_64BIT"}, {0x8c, "KVM_CAP_S390_GS"}, {0x8d, "KVM_CAP_S390_AIS"}, {0x8e, "KVM_CAP_SPAPR_TCE_VFIO"},
	{0x8f, "KVM_CAP_X86_DISABLE_EXITS"}, {0x90, "KVM_CAP_ARM_USER_IRQ"}, {0x91, "KVM_CAP_S390_CMMA_MIGRATION"}, {0x92, "KVM_CAP_PPC_FWNMI"},
	{0x93, "KVM_CAP_PPC_SMT_POSSIBLE"}, {0x94, "KVM_CAP_HYPERV_SYNIC2"}, {0x95, "KVM_CAP_HYPERV_VP_INDEX"}, {0x96, "KVM_CAP_S390_AIS_MIGRATION"},
	{0x97, "KVM_CAP_PPC_GET_CPU_CHAR"}, {0x98, "KVM_CAP_S390_BPB"}, {0x99, "KVM_CAP_GET_MSR_FEATURES"}, {0x9a, "KVM_CAP_HYPERV_EVENTFD"},
	{0x9b, "KVM_CAP_HYPERV_TLBFLUSH"}, {0x9c, "KVM_CAP_S390_HPAGE_1M"}, {0x9d, "KVM_CAP_NESTED_STATE"}, {0x9e, "KVM_CAP_ARM_INJECT_SERROR_ESR"},
	{0x9f, "KVM_CAP_MSR_PLATFORM_INFO"}, {0xa0, "KVM_CAP_PPC_NESTED_HV"}, {0xa1, "KVM_CAP_HYPERV_SEND_IPI"}, {0xa2, "KVM_CAP_COALESCED_PIO"},
	{0xa3, "KVM_CAP_HYPERV_ENLIGHTENED_VMCS"}, {0xa4, "KVM_CAP_EXCEPTION_PAYLOAD"}, {0xa5, "KVM_CAP_ARM_VM_IPA_SIZE"},
	{0xa6, "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT"}, {0xa7, "KVM_CAP_HYPERV_CPUID"}, {0xa8, "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2"},
	{0xa9, "KVM_CAP_PPC_IRQ_XIVE"}, {0xaa, "KVM_CAP_ARM_SVE"}, {0xab, "KVM_CAP_ARM_PTRAUTH_ADDRESS"}, {0xac, "KVM_CAP_ARM_PTRAUTH_GENERIC"},
	{0xad, "KVM_CAP_PMU_EVENT_FILTER"}, {0xae, "KVM_CAP_ARM_IRQ_LINE_LAYOUT_2"}, {0xaf, "KVM_CAP_HYPERV_DIRECT_TLBFLUSH"},
	{0xb0, "KVM_CAP_PPC_GUEST_DEBUG_SSTEP"}, {0xb1, "KVM_CAP_ARM_NISV_TO_USER"}, {0xb2, "KVM_CAP_ARM_INJECT_EXT_DABT"},
	{0xb3, "KVM_CAP_S390_VCPU_RESETS"}, {0xb4, "KVM_CAP_S390_PROTECTED"}, {0xb5, "KVM_CAP_PPC_SECURE_GUEST"}, {0xb6, "KVM_CAP_HALT_POLL"},
	{0xb7, "KVM_CAP_ASYNC_PF_INT"}, {0xb8, "KVM_CAP_LAST_CPU"}, {0xb9, "KVM_CAP_SMALLER_MAXPHYADDR"}, {0xba, "KVM_CAP_S390_DIAG318"},
	{0xbb, "KVM_CAP_STEAL_TIME"}, {0xbc, "KVM_CAP_X86_USER_SPACE_MSR"}, {0xbd, "KVM_CAP_X86_MSR_FILTER"}, {0xbe, "KVM_CAP_ENFORCE_PV_FEATURE_CPUID"},
	{0xbf, "KVM_CAP_SYS_HYPERV_CPUID"}, {0xc0, "KVM_CAP_DIRTY_LOG_RING"}, {0xc1, "KVM_CAP_X86_BUS_LOCK_EXIT"}, {0xc2, "KVM_CAP_PPC_DAWR1"},
	{0xc3, "KVM_CAP_SET_GUEST_DEBUG2"}, {0xc4, "KVM_CAP_SGX_ATTRIBUTE"}, {0xc5, "KVM_CAP_VM_COPY_ENC_CONTEXT_FROM"}, {0xc6, "KVM_CAP_PTP_KVM"},
	{0xc7, "KVM_CAP_HYPERV_ENFORCE_CPUID"}, {0xc8, "KVM_CAP_SREGS2"}, {0xc9, "KVM_CAP_EXIT_HYPERCALL"}, {0xca, "KVM_CAP_PPC_RPT_INVALIDATE"},
	{0xcb, "KVM_CAP_BINARY_STATS_FD"}, {0xcc, "KVM_CAP_EXIT_ON_EMULATION_FAILURE"}, {0xcd, "KVM_CAP_ARM_MTE"},
	{0xce, "KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM"}, {0xcf, "KVM_CAP_VM_GPA_BITS"}, {0xd0, "KVM_CAP_XSAVE2"}, {0xd1, "KVM_CAP_SYS_ATTRIBUTES"},
	{0xd2, "KVM_CAP_PPC_AIL_MODE_3"}, {0xd3, "KVM_CAP_S390_MEM_OP_EXTENSION"}, {0xd4, "KVM_CAP_PMU_CAPABILITY"}, {0xd5, "KVM_CAP_DISABLE_QUIRKS2"},
	{0xd6, "KVM_CAP_VM_TSC_CONTROL"}, {0xd7, "KVM_CAP_SYSTEM_EVENT_DATA"}, {0xd8, "KVM_CAP_ARM_SYSTEM_SUSPEND"}, {0xd9, "KVM_CAP_S390_PROTECTED_DUMP"},
	{0xda, "KVM_CAP_X86_TRIPLE_FAULT_EVENT"}, {0xdb, "KVM_CAP_X86_NOTIFY_VMEXIT"}, {0xdc, "KVM_CAP_VM_DISABLE_NX_HUGE_PAGES"},
	{0xdd, "KVM_CAP_S390_ZPCI_OP"}, {0xde, "KVM_CAP_S390_CPU_TOPOLOGY"}, {0xdf, "KVM_CAP_DIRTY_LOG_RING_ACQ_REL"}}}
