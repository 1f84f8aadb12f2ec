# SPDX-License-Identifier: MIT
# Plays the kernel of a domain of the twin.
noinst_PROGRAMS += guests/twin/twinguest
guests_twin_twinguest_SOURCES = guests/twin/guest.h guests/twin/main.c guests/twin/ring.c \
	guests/twin/ring.h guests/twin/shell.c guests/twin/store.c guests/twin/xenbus.c
guests_twin_twinguest_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
guests_twin_twinguest_LDADD = libxc/libxc.a
