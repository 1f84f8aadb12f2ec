# SPDX-License-Identifier: MIT
bin_PROGRAMS += xl/xl
xl_xl_SOURCES = \
	xl/commands.c xl/commands.def xl/cpupool_list.c xl/debug_keys.c xl/destroy.c xl/dmesg.c \
	xl/help.c xl/info.c xl/list.c xl/main.c xl/names.c xl/pause.c xl/print.c xl/print.h xl/sched.c \
	xl/shutdown.c xl/uptime.c xl/vcpu_list.c xl/xl.h
xl_xl_LDADD = libxl/libxl.a libxc/libxc.a libxs/libxs.a $(YAJL_LIBS) -lpthread
