package linux

// The top of /proc: processes by number, self, and what is told of the machine
// (proc(5), proc_sys_kernel(5)).

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

// What uname(2) says, too.
const (
	osType     = "Linux"
	osVersion  = "#1 modeled"
	hostName   = "model"
	domainName = "(none)"
)

// topFile is a file of the machine's.
type topFile struct {
	name string
	mode fs.Mode
	text func(m *kern.Machine) string
}

// fixed is a text that does not change.
func fixed(s string) func(*kern.Machine) string { return func(*kern.Machine) string { return s } }

// topFiles are the machine's, by their paths.
var topFiles = []topFile{
	{"cpuinfo", 0o444, fixed(cpuInfo)},
	{"filesystems", 0o444, fixed("nodev\tproc\nnodev\ttmpfs\nnodev\tpipefs\nnodev\trootfs\n")},
	{"loadavg", 0o444, loadavg},
	{"meminfo", 0o444, meminfo},
	{"stat", 0o444, machineStat},
	{"uptime", 0o444, uptime},
	{"version", 0o444, fixed(osType + " version " + release + " (trapline@" + hostName + ") (go) " + osVersion + "\n")},
	{"sys/kernel/cap_last_cap", 0o444, fixed("40\n")},
	{"sys/kernel/core_pattern", 0o644, fixed("core\n")},
	{"sys/kernel/domainname", 0o644, fixed(domainName + "\n")},
	{"sys/kernel/hostname", 0o644, fixed(hostName + "\n")},
	{"sys/kernel/ngroups_max", 0o444, fixed("65536\n")},
	{"sys/kernel/osrelease", 0o444, fixed(release + "\n")},
	{"sys/kernel/ostype", 0o444, fixed(osType + "\n")},
	{"sys/kernel/pid_max", 0o644, func(m *kern.Machine) string { return strconv.Itoa(m.PIDs) + "\n" }},
	{"sys/kernel/random/boot_id", 0o444, fixed("7472-6170-6c69-6e65-000000000001\n")},
	{"sys/kernel/randomize_va_space", 0o644, randomizes},
	{"sys/kernel/threads-max", 0o644, func(m *kern.Machine) string { return strconv.Itoa(m.MaxThreads) + "\n" }},
	{"sys/kernel/version", 0o444, fixed(osVersion + "\n")},
	{"sys/vm/max_map_count", 0o644, fixed("65530\n")},
	{"sys/vm/overcommit_memory", 0o644, fixed("0\n")},
}

// cpuInfo tells of the processor that cpu.DefaultCPUID describes.
const cpuInfo = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 0\nmodel name\t: trapline interpreter\n" +
	"stepping\t: 0\ncpu MHz\t\t: 1000.000\nphysical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\n" +
	"fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 7\nwp\t\t: yes\n" +
	"flags\t\t: fpu tsc cx8 cmov clflush mmx fxsr sse sse2 syscall nx rdtscp lm nopl cpuid cx16 movbe popcnt rdrand lahf_lm abm " +
	"fsgsbase bmi1 bmi2 rdseed adx rdpid\n" +
	"bogomips\t: 2000.00\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: 40 bits physical, 48 bits virtual\n" +
	"power management:\n\n"

func loadavg(m *kern.Machine) string {
	runnable, all, last := 0, 0, 0
	for _, p := range m.Procs() {
		last = max(last, p.PID)
		for _, t := range p.Threads {
			if all++; t.State <= kern.Running {
				runnable++
			}
		}
	}
	return fmt.Sprintf("0.00 0.00 0.00 %d/%d %d\n", runnable, all, last)
}

func meminfo(m *kern.Machine) string {
	const page = vm.PageSize >> 10
	free := m.Mem.Limit() - m.Mem.Used()
	var b strings.Builder
	for _, row := range []struct {
		name  string
		pages int
	}{{"MemTotal", m.Mem.Limit()}, {"MemFree", free}, {"MemAvailable", free}, {"Buffers", 0}, {"Cached", 0}, {"SwapCached", 0},
		{"SwapTotal", 0}, {"SwapFree", 0}} {
		fmt.Fprintf(&b, "%-16s%8d kB\n", row.name+":", row.pages*page)
	}
	return b.String()
}

func machineStat(m *kern.Machine) string {
	var user, system int64
	for _, p := range m.Procs() {
		user += p.Usage.User + p.Reap.User
		system += p.Usage.System + p.Reap.System
	}
	times := fmt.Sprintf("%d 0 %d %d 0 0 0 0 0 0\n", user/clockTick, system/clockTick, max(m.Now()-user-system, 0)/clockTick)
	return "cpu  " + times + "cpu0 " + times + fmt.Sprintf("ctxt %d\nbtime %d\nprocesses %d\nprocs_running 1\nprocs_blocked 0\n",
		m.Steps(), bootedAt, m.Stats.Forks)
}

func randomizes(m *kern.Machine) string {
	if m.ASLR {
		return "2\n"
	}
	return "0\n"
}

func uptime(m *kern.Machine) string {
	s := m.Now() / (second / 100)
	return fmt.Sprintf("%d.%02d 0.00\n", s/100, s%100)
}

// topIno numbers the top's nodes.
func topIno(n int) uint64 { return 1<<49 | uint64(n) }

const topLinks = 1 << 12 // in topIno

// topDirNode makes the directory of a prefix: "", "sys/", "sys/kernel/".
func topDirNode(m *kern.Machine, prefix string, more *fs.Synthetic) *fs.Node {
	list := topList(prefix)
	hooks := &fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			for i := range list {
				switch d := &list[i]; {
				case d.Name != name:
				case d.Kind == fs.Directory:
					return topDirNode(m, prefix+name+"/", nil), errno.OK
				default:
					return topNode(m, d.Ino), errno.OK
				}
			}
			if more != nil {
				return more.Lookup(name)
			}
			return nil, errno.ENOENT
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			all := slices.Clone(list)
			if more != nil {
				rest, e := more.List()
				if e != errno.OK {
					return nil, e
				}
				all = append(all, rest...)
			}
			return all, errno.OK
		}}
	return m.FS.NewSynthetic(fs.Directory, 0o555, 0, 0, procDev, topIno(len(prefix)<<16), hooks)
}

// topList is what rows make of a directory: their next names, each once.
func topList(prefix string) []fs.Dirent {
	var all []fs.Dirent
	for i := range topFiles {
		rest, in := strings.CutPrefix(topFiles[i].name, prefix)
		first, _, deeper := strings.Cut(rest, "/")
		if !in || slices.ContainsFunc(all, func(d fs.Dirent) bool { return d.Name == first }) {
			continue
		}
		d := fs.Dirent{Name: first, Ino: topIno(i), Kind: fs.Regular}
		if deeper {
			d.Ino, d.Kind = topIno(len(prefix+first+"/")<<16), fs.Directory
		}
		all = append(all, d)
	}
	return all
}

// topNode makes the node of a row that has the number.
func topNode(m *kern.Machine, ino uint64) *fs.Node {
	row := &topFiles[ino-topIno(0)]
	return m.FS.NewSynthetic(fs.Regular, row.mode, 0, 0, procDev, ino, &fs.Synthetic{
		Contents: func() ([]byte, errno.Errno) { return []byte(row.text(m)), errno.OK }})
}

// topLinkRows are the top's links. Who asks is what self is about.
var topLinkRows = []struct {
	name string
	text func(by *kern.Thread) string
}{
	{"self", func(by *kern.Thread) string { return strconv.Itoa(by.Proc.PID) }},
	{"thread-self", func(by *kern.Thread) string { return fmt.Sprintf("%d/task/%d", by.Proc.PID, by.TID) }},
	{"mounts", func(*kern.Thread) string { return "self/mounts" }},
}

// topDir makes the root of /proc.
func topDir(m *kern.Machine) *fs.Node {
	return topDirNode(m, "", &fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			for i, row := range topLinkRows {
				if row.name == name {
					return topLink(m, i), errno.OK
				}
			}
			id, ok := number(name)
			t := m.Thread(id)
			if !ok || t == nil {
				return nil, errno.ENOENT
			}
			s := &subject{m: m, p: t.Proc, id: id}
			if id != t.Proc.PID { // threads have directories here too, though they are not listed
				s.t = t
			}
			return s.dir(), errno.OK
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			var all []fs.Dirent
			for i, row := range topLinkRows {
				all = append(all, fs.Dirent{Name: row.name, Ino: topIno(topLinks + i), Kind: fs.Symlink})
			}
			links := len(all)
			for _, p := range m.Procs() {
				s := subject{m: m, p: p, id: p.PID}
				all = append(all, fs.Dirent{Name: strconv.Itoa(p.PID), Ino: s.ino(inoSelf), Kind: fs.Directory})
			}
			slices.SortFunc(all[links:], func(a, b fs.Dirent) int { return int(int64(a.Ino) - int64(b.Ino)) })
			return all, errno.OK
		}})
}

func topLink(m *kern.Machine, i int) *fs.Node {
	return m.FS.NewSynthetic(fs.Symlink, 0o777, 0, 0, procDev, topIno(topLinks+i), &fs.Synthetic{
		Readlink: func() (string, errno.Errno) {
			by := m.Current()
			if by == nil {
				return "", errno.ENOENT
			}
			return topLinkRows[i].text(by), errno.OK
		}})
}
