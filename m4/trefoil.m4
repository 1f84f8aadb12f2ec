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
])
