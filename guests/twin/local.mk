# SPDX-License-Identifier: MIT
# Plays the kernel of a domain of the twin.
noinst_PROGRAMS += guests/twin/twinguest
guests_twin_twinguest_SOURCES = guests/twin/guest.h guests/twin/main.c guests/twin/ring.c \
	guests/twin/ring.h guests/twin/shell.c guests/twin/store.c guests/twin/xenbus.c
guests_twin_twinguest_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
guests_twin_twinguest_LDADD = libxc/libxc.a

# Plays one end of its disks and networks.
noinst_PROGRAMS += guests/twin/twindevices
guests_twin_twindevices_SOURCES = guests/twin/devices.c
guests_twin_twindevices_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
guests_twin_twindevices_LDADD = libxs/libxs.a libxc/libxc.a
