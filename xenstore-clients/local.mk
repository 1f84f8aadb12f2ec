# SPDX-License-Identifier: MIT
xenstore_client_sources = \
	xenstore-clients/chmod.c \
	xenstore-clients/client.h \
	xenstore-clients/daemon.c \
	xenstore-clients/ls.c \
	xenstore-clients/main.c \
	xenstore-clients/text.c \
	xenstore-clients/values.c

# One program; the others are it under other names.
bin_PROGRAMS += xenstore-clients/xenstore \
	xenstore-clients/xenstore-chmod \
	xenstore-clients/xenstore-control \
	xenstore-clients/xenstore-exists \
	xenstore-clients/xenstore-list \
	xenstore-clients/xenstore-ls \
	xenstore-clients/xenstore-read \
	xenstore-clients/xenstore-rm \
	xenstore-clients/xenstore-watch \
	xenstore-clients/xenstore-write

xenstore_clients_xenstore_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_LDADD = libxs/libxs.a
xenstore_clients_xenstore_chmod_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_chmod_LDADD = libxs/libxs.a
xenstore_clients_xenstore_control_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_control_LDADD = libxs/libxs.a
xenstore_clients_xenstore_exists_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_exists_LDADD = libxs/libxs.a
xenstore_clients_xenstore_list_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_list_LDADD = libxs/libxs.a
xenstore_clients_xenstore_ls_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_ls_LDADD = libxs/libxs.a
xenstore_clients_xenstore_read_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_read_LDADD = libxs/libxs.a
xenstore_clients_xenstore_rm_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_rm_LDADD = libxs/libxs.a
xenstore_clients_xenstore_watch_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_watch_LDADD = libxs/libxs.a
xenstore_clients_xenstore_write_SOURCES = $(xenstore_client_sources)
xenstore_clients_xenstore_write_LDADD = libxs/libxs.a

dist_man_MANS += \
	docs/man/xenstore.1 \
	docs/man/xenstore-chmod.1 \
	docs/man/xenstore-control.1 \
	docs/man/xenstore-exists.1 \
	docs/man/xenstore-list.1 \
	docs/man/xenstore-ls.1 \
	docs/man/xenstore-read.1 \
	docs/man/xenstore-rm.1 \
	docs/man/xenstore-watch.1 \
	docs/man/xenstore-write.1
