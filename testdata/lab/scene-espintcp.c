/*
 * Lets pluto speak IKE in TCP (RFC 9329) on a kernel without espintcp: preloaded, it
 * frames the streams for which pluto asks the kernel to. A record is read once all
 * of it has come.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef TCP_ULP
#define TCP_ULP 31
#endif

#define MOST 65535

static unsigned char framed[1 << 16];

static int is_framed(int fd)
{
	return fd >= 0 && fd < (int)sizeof(framed) && framed[fd];
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");

	if (level == IPPROTO_TCP && name == TCP_ULP && fd >= 0 && fd < (int)sizeof(framed)) {
		framed[fd] = 1;
		return 0;
	}
	return real(fd, level, name, value, len);
}

int close(int fd)
{
	int (*real)(int) = dlsym(RTLD_NEXT, "close");

	if (is_framed(fd))
		framed[fd] = 0;
	return real(fd);
}

static ssize_t read_record(int fd, void *buf, size_t len)
{
	static unsigned char record[MOST];
	ssize_t n = recv(fd, record, 2, MSG_PEEK);
	size_t whole;

	if (n <= 0)
		return n;
	whole = record[0] << 8 | record[1];
	if (n == 2 && whole < 2) {
		errno = EPROTO;
		return -1;
	}
	if (n < 2 || recv(fd, record, whole, MSG_PEEK) < (ssize_t)whole) {
		errno = EAGAIN;
		return -1;
	}
	recv(fd, record, whole, 0);
	whole -= 2;
	if (whole > len)
		whole = len;
	memcpy(buf, record + 2, whole);
	return whole;
}

ssize_t read(int fd, void *buf, size_t len)
{
	ssize_t (*real)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");

	return is_framed(fd) ? read_record(fd, buf, len) : real(fd, buf, len);
}

ssize_t __read_chk(int fd, void *buf, size_t len, size_t size)
{
	return read(fd, buf, len < size ? len : size);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
	unsigned char length[2] = { (len + 2) >> 8, len + 2 };
	struct iovec parts[] = { { length, 2 }, { (void *)buf, len } };

	if (!is_framed(fd))
		return real(fd, buf, len);
	if (len > MOST - 2) {
		errno = EMSGSIZE;
		return -1;
	}
	return writev(fd, parts, 2) == (ssize_t)len + 2 ? (ssize_t)len : -1;
}
