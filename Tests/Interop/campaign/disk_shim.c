// A disk that is slow, hangs or refuses: preloaded into the server, told what to do by a file that both map.
//
//   LD_PRELOAD=disk_shim.so DISK_FAULTS=FILE portvakt serve …
//
// FILE holds three 32-bit numbers: how many milliseconds a sync waits, the errno that writing and syncing fail with (0: none),
// and whether a sync hangs (for as long as that number is not 0). Only files named portvakt.db and its log are touched.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static volatile int32_t *faults;

__attribute__((constructor)) static void open_faults(void) {
    const char *path = getenv("DISK_FAULTS");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, 12, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) faults = mapped;
}

static void wait_milliseconds(int32_t count) {
    struct timespec time = {count / 1000, (long)(count % 1000) * 1000000};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {}
}

static int is_database(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    return name && strncmp(name, "/portvakt.db", 12) == 0 && !strstr(name, "-shm");
}

// Whether the call is to fail, after the wait that it is due.
static int fails(int file, int syncs) {
    if (!faults || (!faults[0] && !faults[1] && !faults[2]) || !is_database(file)) return 0;
    if (syncs && faults[0]) wait_milliseconds(faults[0]);
    while (syncs && faults[2]) wait_milliseconds(20);
    if (!faults[1]) return 0;
    errno = faults[1];
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int file) { return fails(file, 1) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return fails(file, 1) ? -1 : REAL(fdatasync)(file); }
int ftruncate64(int file, off64_t length) { return fails(file, 0) ? -1 : REAL(ftruncate64)(file, length); }

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return fails(file, 0) ? -1 : REAL(pwrite64)(file, bytes, count, offset);
}

ssize_t write(int file, const void *bytes, size_t count) {
    return fails(file, 0) ? -1 : REAL(write)(file, bytes, count);
}
