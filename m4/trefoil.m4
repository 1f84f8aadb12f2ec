# SPDX-License-Identifier: MIT

# TREFOIL_WARNINGS: the warnings every C file is compiled with, errors unless --disable-werror.
AC_DEFUN([TREFOIL_WARNINGS], [
AC_ARG_ENABLE([werror], [AS_HELP_STRING([--disable-werror], [let warnings pass])], [],
              [enable_werror=yes])
WARNINGS="-Wall -Wextra -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes"
AS_IF([test "$enable_werror" = yes], [WARNINGS="$WARNINGS -Werror"])
AC_SUBST([WARNINGS])
])

# TREFOIL_SANITIZERS: --enable-sanitizers adds ASan and UBSan, --enable-coverage adds gcov's counters,
# both to programs for Linux only: the hypervisor's own flags do not take INSTRUMENTATION.
AC_DEFUN([TREFOIL_SANITIZERS], [
AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers], [build with ASan and UBSan])])
AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage], [build with gcov's counters])])
INSTRUMENTATION=
AS_IF([test "$enable_sanitizers" = yes],
      [INSTRUMENTATION="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"])
AS_IF([test "$enable_coverage" = yes], [INSTRUMENTATION="$INSTRUMENTATION --coverage -fprofile-update=atomic -O0"])
AC_SUBST([INSTRUMENTATION])
dnl Counters and reports of faults name files as they are.
AM_CONDITIONAL([NAMELESS], [test -z "$INSTRUMENTATION"])
])

# TREFOIL_HARDENING: position independent programs whose tables are read-only once they run, with guarded stacks and
# checked copies; programs for Linux only. Not where sanitizers or counters are built in. After TREFOIL_SANITIZERS.
AC_DEFUN([TREFOIL_HARDENING], [
AC_ARG_ENABLE([hardening], [AS_HELP_STRING([--disable-hardening], [leave out -fPIE, stack protector, FORTIFY and BIND_NOW])],
              [], [enable_hardening=yes])
HARDENING_CFLAGS= HARDENING_LDFLAGS=
AS_IF([test "$enable_hardening" = yes && test -z "$INSTRUMENTATION"], [
    HARDENING_CFLAGS="-fPIE -fstack-protector-strong -fstack-clash-protection"
    HARDENING_LDFLAGS="-pie -Wl,-z,relro,-z,now"
    dnl Copies are checked only by a compiler that optimizes; others warn.
    AC_MSG_CHECKING([whether $CC optimizes])
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#ifndef __OPTIMIZE__
#error
#endif]])], [AC_MSG_RESULT([yes])
        HARDENING_CFLAGS="$HARDENING_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"], [AC_MSG_RESULT([no])])])
AC_SUBST([HARDENING_CFLAGS])
AC_SUBST([HARDENING_LDFLAGS])
])

# TREFOIL_INSTALLED_LIBRARIES: --disable-libraries leaves out what others build with; by default they are left out only where
# sanitizers or counters are built in. After TREFOIL_SANITIZERS.
AC_DEFUN([TREFOIL_INSTALLED_LIBRARIES], [
AC_ARG_ENABLE([libraries], [AS_HELP_STRING([--disable-libraries], [install programs alone, no libraries and headers])],
              [], [AS_IF([test -z "$INSTRUMENTATION"], [enable_libraries=yes], [enable_libraries=no])])
AM_CONDITIONAL([INSTALLED_LIBRARIES], [test "$enable_libraries" = yes])
dnl Debian names the static one after its makers' build.
YAJL_STATIC_LIBS=$YAJL_LIBS
AS_IF([test "$enable_libraries" = yes], [
    trefoil_libs=$LIBS LIBS="-static -lyajl_s"
    AC_MSG_CHECKING([whether the static yajl is yajl_s])
    AC_LINK_IFELSE([AC_LANG_CALL([], [yajl_gen_alloc])], [YAJL_STATIC_LIBS=-lyajl_s
        AC_MSG_RESULT([yes])], [AC_MSG_RESULT([no])])
    LIBS=$trefoil_libs])
AC_SUBST([YAJL_STATIC_LIBS])
])
