/*
 * Lets OpenIKED run on a kernel without PF_KEY: preloaded, it answers
 * socket(PF_KEY) with a socket that is connected to itself. Each message that
 * iked writes to "the kernel" comes back as it was, with errno 0, which iked
 * takes for success. The IPsec policy options of its UDP sockets are accepted
 * and ignored. IKE_SA_INIT and IKE_AUTH work for real; no Child SA carries data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
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
