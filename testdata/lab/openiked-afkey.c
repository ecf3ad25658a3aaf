/*
 * Lets OpenIKED run on a kernel without PF_KEY: preloaded, it answers
 * socket(PF_KEY) with a socket that is connected to itself. Each message that
 * iked writes to "the kernel" comes back as it was, with errno 0, which iked
 * takes for success; only SADB_GETSPI is answered with an SPI. The IPsec policy
 * options of its UDP sockets are accepted and ignored. IKE_SA_INIT and IKE_AUTH
 * work for real; no Child SA carries data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/pfkeyv2.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define LINUX_IP_IPSEC_POLICY 16
#define LINUX_IPV6_IPSEC_POLICY 34

static int self_connected(int type)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr.sun_family);
	int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");
	int fd = real(AF_UNIX, SOCK_DGRAM | (type & (SOCK_CLOEXEC | SOCK_NONBLOCK)), 0);

	if (fd == -1)
		return -1;
	/* A bind without a path gives a name of the kernel's choice. */
	if (bind(fd, (struct sockaddr *)&addr, len) == 0) {
		len = sizeof(addr);
		if (getsockname(fd, (struct sockaddr *)&addr, &len) == 0 &&
		    connect(fd, (struct sockaddr *)&addr, len) == 0)
			return fd;
	}
	close(fd);
	return -1;
}

int socket(int domain, int type, int protocol)
{
	int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");

	if (domain == AF_KEY)
		return self_connected(type);
	return real(domain, type, protocol);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");

	if ((level == IPPROTO_IP && name == LINUX_IP_IPSEC_POLICY) ||
	    (level == IPPROTO_IPV6 && name == LINUX_IPV6_IPSEC_POLICY))
		return 0;
	return real(fd, level, name, value, len);
}

/* is_key_socket: a datagram socket of family AF_UNIX; iked's others are streams. */
static int is_key_socket(int fd)
{
	int family = 0, type = 0;
	socklen_t len = sizeof(int);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) == 0 && family == AF_UNIX &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_DGRAM;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	ssize_t (*real)(int, const struct iovec *, int) = dlsym(RTLD_NEXT, "writev");
	struct {
		struct sadb_msg header;
		struct sadb_sa sa;
	} reply;
	ssize_t written = 0;
	uint32_t spi;

	if (count < 1 || iov[0].iov_len < sizeof(reply.header) || !is_key_socket(fd))
		return real(fd, iov, count);
	reply.header = *(const struct sadb_msg *)iov[0].iov_base;
	if (reply.header.sadb_msg_version != PF_KEY_V2 || reply.header.sadb_msg_type != SADB_GETSPI ||
	    getrandom(&spi, sizeof(spi), 0) != sizeof(spi))
		return real(fd, iov, count);
	reply.header.sadb_msg_len = sizeof(reply) / 8;
	reply.sa = (struct sadb_sa){ .sadb_sa_len = sizeof(reply.sa) / 8, .sadb_sa_exttype = SADB_EXT_SA,
		.sadb_sa_spi = spi | 1 };
	if (send(fd, &reply, sizeof(reply), 0) != sizeof(reply))
		return -1;
	while (count-- > 0)
		written += iov[count].iov_len;
	return written;
}
