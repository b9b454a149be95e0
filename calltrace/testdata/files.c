/* Makes the calls of everyday file work, some of them wrongly. Prints nothing. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char buf[200];
	struct stat st;
	struct statfs sf;
	int fd = open("trace.tmp", O_RDWR | O_CREAT | O_TRUNC, 0640);
	write(fd, "hello \"world\"\n\1\0022\3", 18);
	write(fd, "a line that is longer than the thirty-two bytes shown", 53);
	lseek(fd, 0, SEEK_SET);
	read(fd, buf, sizeof buf);
	read(fd, buf, sizeof buf);
	pread(fd, buf, 5, 3);
	pwrite(fd, "xy", 2, 1000);
	struct iovec iov[3] = {{"one", 3}, {"", 0}, {"two\n", 4}};
	writev(fd, iov, 3);
	char a[4], b[8];
	struct iovec in[2] = {{a, 4}, {b, 8}};
	lseek(fd, 0, SEEK_SET);
	readv(fd, in, 2);
	preadv(fd, in, 2, 2);
	pwritev(fd, iov, 3, 7);
	syscall(SYS_fstat, fd, &st);
	syscall(SYS_stat, "/dev/null", &st);
	syscall(SYS_lstat, "nonexistent", &st);
	syscall(SYS_statx, AT_FDCWD, "/dev/zero", 0, STATX_BASIC_STATS, buf);
	fstatfs(open("/proc/self", O_RDONLY | O_DIRECTORY), &sf);
	statfs("/dev", &sf);
	access("/etc/passwd", R_OK | W_OK);
	access("/", F_OK);
	faccessat(AT_FDCWD, "/nope", X_OK, AT_EACCESS);
	fcntl(fd, F_GETFL);
	fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
	fcntl(fd, F_GETFD);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_GETFD);
	fcntl(fd, F_DUPFD, 10);
	fcntl(fd, F_DUPFD_CLOEXEC, 20);
	struct flock lk = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 2};
	fcntl(fd, F_SETLK, &lk);
	fcntl(fd, F_GETLK, &lk);
	fcntl(fd, F_GETPIPE_SZ);
	fcntl(fd, 999, 1);
	flock(fd, LOCK_EX | LOCK_NB);
	flock(fd, LOCK_UN);
	ftruncate(fd, 10);
	truncate("trace.tmp", 4);
	fsync(fd);
	fdatasync(fd);
	dup(fd);
	dup2(fd, 30);
	dup3(fd, 31, O_CLOEXEC);
	int p[2];
	pipe(p);
	syscall(SYS_pipe, p);
	pipe2(p, O_CLOEXEC | O_NONBLOCK);
	read(p[0], buf, 10);
	write(99, "x", 1);
	read(99, buf, 1);
	mkdir("trace.dir", 0755);
	mkdir("trace.dir", 0755);
	chdir("trace.dir");
	chdir("..");
	int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fchdir(dir);
	mkdirat(dir, "trace.dir/sub", 0700);
	unlinkat(dir, "trace.dir/sub", AT_REMOVEDIR);
	rmdir("trace.dir");
	symlink("trace.tmp", "trace.link");
	readlink("trace.link", buf, sizeof buf);
	readlinkat(AT_FDCWD, "trace.none", buf, sizeof buf);
	link("trace.tmp", "trace.hard");
	rename("trace.hard", "trace.hard2");
	renameat2(AT_FDCWD, "trace.hard2", AT_FDCWD, "trace.hard3", RENAME_NOREPLACE);
	chmod("trace.tmp", 0600);
	fchmod(fd, 04755);
	chown("trace.tmp", -1, -1);
	fchownat(AT_FDCWD, "trace.link", 0, 0, AT_SYMLINK_NOFOLLOW);
	umask(022);
	umask(077);
	struct timespec ts[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1700000000, .tv_nsec = 5}};
	utimensat(AT_FDCWD, "trace.tmp", ts, 0);
	ts[0].tv_nsec = UTIME_NOW;
	futimens(fd, ts);
	unlink("trace.link");
	unlink("trace.hard3");
	unlink("trace.tmp");
	getcwd(buf, 1);
	syscall(SYS_getdents64, dir, buf, 3);
	mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *m = mmap(0, 8192, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	mprotect(m, 4096, PROT_NONE);
	madvise(m, 8192, MADV_DONTNEED);
	msync(m, 4096, MS_ASYNC);
	m = mremap(m, 8192, 4096, MREMAP_MAYMOVE);
	munmap(m, 4096);
	ioctl(fd, TCGETS, buf);
	ioctl(p[0], FIONREAD, buf);
	ioctl(p[0], 0x12345678, 7);
	ioctl(fd, TIOCGWINSZ, buf);
	int on = 1;
	ioctl(p[0], FIONBIO, &on);
	getxattr("/", "user.none", buf, 10);
	setxattr("/proc/self", "user.x", "v\0w", 3, XATTR_CREATE);
	fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	syscall(SYS_openat, AT_FDCWD, (void *)1, O_PATH);
	syscall(SYS_openat, AT_FDCWD, "/tmp", O_TMPFILE | O_RDWR, 0600);
	syscall(SYS_openat2, AT_FDCWD, "/", &(unsigned long[3]){O_RDONLY, 0, 4}, 24);
	syscall(SYS_close_range, 100, 200, 0);
	syscall(SYS_memfd_create, "name", 1);
	syscall(SYS_copy_file_range, fd, 0, p[1], 0, 4, 0);
	off_t o = 0;
	syscall(SYS_sendfile, p[1], fd, &o, 4);
	syscall(SYS_sendfile, p[1], fd, 0, 4);
	syscall(1000, 1, 2, 3, 4, 5, 6);
	return 0;
}
