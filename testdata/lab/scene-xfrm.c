/*
 * Lets pluto establish Child SAs on a kernel without ESP: preloaded, it takes
 * "Protocol not supported" for success where the kernel refuses a Security
 * Association. No Child SA carries data; policies are the kernel's own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from, socklen_t *fromlen)
{
	ssize_t (*real)(int, void *, size_t, int, struct sockaddr *, socklen_t *) = dlsym(RTLD_NEXT, "recvfrom");
	ssize_t n = real(fd, buf, len, flags, from, fromlen);
	struct nlmsghdr *header = buf;
	struct nlmsgerr *reply;

	if (n < (ssize_t)NLMSG_LENGTH(sizeof(*reply)) || !from || from->sa_family != AF_NETLINK ||
	    header->nlmsg_type != NLMSG_ERROR)
		return n;
	reply = NLMSG_DATA(header);
	if (reply->error == -EPROTONOSUPPORT)
		reply->error = 0;
	return n;
}
