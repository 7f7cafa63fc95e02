// Preloaded into a server by the tests: puts its clock forward by SHIFTED_CLOCK_SECONDS, so that a session that lasts
// at least a quarter of an hour can be seen to end. Only the time of day: what measures intervals stays.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  static long seconds;
  if (!real) {
    const char* text = getenv("SHIFTED_CLOCK_SECONDS");
    seconds = text ? atol(text) : 0;
    real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  }
  const int result = real(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += seconds;
  return result;
}
