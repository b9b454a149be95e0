package strace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trapline/trapline/procfs"
)

// What libselinux's selabel_lookup says for the same database.
func TestFileContexts(t *testing.T) {
	db := readFileContexts(policyDir("testdata/selinux"))
	for _, row := range []struct {
		path string
		mode fs.FileMode
		want string // its type
	}{
		{"/", fs.ModeDir, "default_t"}, {"/x", 0, "etc_runtime_t"}, {"/x", fs.ModeDir, "default_t"}, {"/etc", fs.ModeDir, "etc_t"},
		{"/etc/passwd", 0, "passwd_file_t"}, {"/etc/passwd-", 0, "passwd_file_t"}, {"/etc/passwd", fs.ModeDir, "etc_t"}, {"/etc/shadow", 0, "shadow_t"},
		{"/etc/shadow.old", 0, "shadow_old_t"}, {"/etc/shadowXold", 0, "etc_t"}, {"/dev/null", fs.ModeDevice | fs.ModeCharDevice, "device_t"},
		{"/dev/sda", fs.ModeDevice, "block_t"}, {"/dev/d", fs.ModeDir, "default_t"}, {"/proc/1/stat", 0, ""}, {"/var/log/x", 0, "var_log_t"},
		{"/var/audit/x", 0, "var_log_t"}, {"/usr/bin", fs.ModeDir, "bin_t"}, {"/usr/bin/ls", 0o755, "bin_t"}, {"/usr/bin/su", 0o4755, "su_exec_t"},
		{"/run/x", fs.ModeSocket, "default_t"}, {"/var/run/x", fs.ModeSocket, "sock_t"}, {"/run/y", fs.ModeNamedPipe, "default_t"}, {"/home/a/b", 0, "user_home_t"},
		{"/srv/web/i", 0, "httpd_sys_content_t"}, {"/data/etc/shadow", 0, "shadow_t"}, {"/lib64/x", 0, "default_t"}, {"//etc//shadow/", 0, "shadow_t"},
		{"/root2/etc", fs.ModeDir, "etc_t"}, {"/ac", 0, "abc_t"}, {"/abc", 0, "abc_t"}, {"/root2", fs.ModeDir, "default_t"}, {"/data/etcx", 0, "default_t"}, {"rel", 0, ""},
	} {
		context := db.lookup(row.path, row.mode)
		if words := strings.Split(context, ":"); context != "" && (len(words) != 4 || words[2] != row.want) || context == "" && row.want != "" {
			t.Errorf("%s (%s): %q, want %q", row.path, row.mode, context, row.want)
		}
	}
	if db := readFileContexts(policyDir("testdata/nothing")); db.lookup("/etc", fs.ModeDir) != "" {
		t.Error("a database that is not there has an entry")
	}
}

// Labels of a process that a made-up /proc shows.
func TestLabels(t *testing.T) {
	dir := t.TempDir()
	proc := filepath.Join(dir, "proc", "12")
	root := filepath.Join(dir, "root") // of the process
	for _, d := range []string{"proc/12/attr", "proc/12/fd", "proc/13/attr", "proc/14/attr", "root/etc", "root/work/sub"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for file, text := range map[string]string{"proc/12/attr/current": "staff_u:staff_r:staff_t:s0-s0:c0.c1023\x00", "proc/13/attr/current": "unconfined\n",
		"proc/14/attr/current": ":root://lxd-1:/usr/bin/x:y (enforce)\n", "root/etc/passwd": "", "root/work/f": "", "root/work/sub/g": ""} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"root": root, "cwd": root + "/work", "fd/3": root + "/work/f", "fd/4": root + "/work/sub", "fd/5": "pipe:[1]"} {
		if err := os.Symlink(to, filepath.Join(proc, link)); err != nil {
			t.Fatal(err)
		}
	}
	given := map[string]string{"etc/passwd": "system_u:object_r:passwd_file_t:s0\x00", "work": "system_u:object_r:work_t:s0:c1,c2", "work/f": "system_u:object_r:file_t:s0\n\x00",
		"work/sub/g": "odd"}
	get := func(file string) (string, error) {
		real, err := filepath.EvalSymlinks(file)
		name, _ := filepath.Rel(root, real)
		if label, ok := given[name]; ok && err == nil {
			return label, nil
		}
		return "", errors.New("no label")
	}
	policy := &fileContexts{}
	policy.add([]string{root + "/work/.*", "other_u:object_r:file_t:s0"})
	policy.add([]string{root + "/etc/.*", "--", "system_u:object_r:etc_t:s0"})
	files := procfs.New(filepath.Join(dir, "proc"))
	l := &labels{proc: files.Proc, get: get, policy: policy}
	const cwd = -100
	for _, row := range []struct {
		details contextDetail
		got     func() string
		want    string
	}{
		{0, func() string { return l.Thread(12) }, "staff_t"},
		{contextFull, func() string { return l.Thread(12) }, "staff_u:staff_r:staff_t:s0-s0:c0.c1023"},
		{0, func() string { return l.Thread(13) }, ""}, // AppArmor's
		{0, func() string { return l.Thread(14) }, ""},
		{0, func() string { return l.Thread(15) }, ""},
		{0, func() string { return l.FD(12, 3) }, "file_t"},
		{contextFull, func() string { return l.FD(12, 3) }, "system_u:object_r:file_t:s0"},
		{contextMismatch, func() string { return l.FD(12, 3) }, "file_t"}, // the user does not count
		{contextAll, func() string { return l.FD(12, 3) }, "system_u:object_r:file_t:s0!!other_u:object_r:file_t:s0"},
		{0, func() string { return l.FD(12, 4) }, ""},
		{contextAll, func() string { return l.FD(12, 5) }, ""},
		{0, func() string { return l.FD(12, 9) }, ""},
		{0, func() string { return l.Path(12, cwd, []byte("f")) }, "file_t"},
		{0, func() string { return l.Path(12, 4, []byte("../f")) }, "file_t"},
		{0, func() string { return l.Path(12, cwd, nil) }, "work_t"},
		{contextFull, func() string { return l.Path(12, cwd, []byte(".")) }, "system_u:object_r:work_t:s0:c1,c2"},
		{contextAll, func() string { return l.Path(12, cwd, []byte(".")) }, "system_u:object_r:work_t:s0:c1,c2"}, // of which the policy says nothing
		{0, func() string { return l.Path(12, 4, []byte("g")) }, "odd"},
		{0, func() string { return l.Path(12, 3, []byte("/etc/passwd")) }, "passwd_file_t"},
		{contextMismatch, func() string { return l.Path(12, 3, []byte("/etc/passwd")) }, "passwd_file_t!!etc_t"},
		{0, func() string { return l.Path(12, 3, nil) }, ""}, // no directory
		{contextAll, func() string { return l.Path(12, cwd, []byte("nosuch")) }, ""},
	} {
		l.details = row.details
		if got := row.got(); got != row.want {
			t.Errorf("details %b: %q, want %q", row.details, got, row.want)
		}
	}
}

// The details as the option names them; what each shows is TestLabels'.
func TestContextOptions(t *testing.T) {
	for list, want := range map[string]contextDetail{"full": contextFull | contextShown, "mismatch": contextMismatch | contextShown, "all": contextAll | contextShown,
		"full,mismatch": contextAll | contextShown, "!full": contextMismatch | contextShown, "!full,mismatch": contextShown, "none": 0, "!all": 0, "!none": contextAll | contextShown} {
		c := &Config{}
		if err := setExpr(c, "secontext="+list); err != nil || c.Contexts != want {
			t.Errorf("secontext=%s: %b, %v; want %b", list, c.Contexts, err, want)
		}
	}
	c := &Config{}
	if err := setExpr(c, "secontext=full,ss"); err == nil || err.Error() != "invalid secontext 'ss'" {
		t.Errorf("a wrong word: %v", err)
	}
	if _, err := parseArgs(c, options, []string{"--secontext", "true"}); err != nil || c.Contexts != contextShown {
		t.Errorf("--secontext: %b, %v", c.Contexts, err)
	}
}
