# SPDX-License-Identifier: MIT
xenstored_store_sources = \
	xenstored/store/disown.c \
	xenstored/store/journal.c \
	xenstored/store/journal.h \
	xenstored/store/list.h \
	xenstored/store/mutation.c \
	xenstored/store/mutation.h \
	xenstored/store/node.c \
	xenstored/store/node.h \
	xenstored/store/number.c \
	xenstored/store/number.h \
	xenstored/store/path.c \
	xenstored/store/path.h \
	xenstored/store/path_set.c \
	xenstored/store/path_set.h \
	xenstored/store/permission.c \
	xenstored/store/permission.h \
	xenstored/store/quota.c \
	xenstored/store/quota.def \
	xenstored/store/quota.h \
	xenstored/store/store.c \
	xenstored/store/store.h \
	xenstored/store/transaction.c \
	xenstored/store/transaction.h \
	xenstored/store/view.c \
	xenstored/store/view.h \
	xenstored/store/watch.c \
	xenstored/store/watch.h
