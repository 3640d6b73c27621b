/* Cuts the power of one process: a library for LD_PRELOAD.
 *
 * Keeps beside the data folder what a disk would hold if only synced writes had reached it (the shadow). At a call that the
 * test chooses it lets some of the unsynced writes reach the shadow as well, whole or in torn sectors, and ends the process at
 * once. Names are as strict as POSIX: a file that was made, renamed or removed is so on the disk when its folder was synced.
 *
 * PORTVAKT_CUT_DATA      the data folder
 * PORTVAKT_CUT_SHADOW    a copy of it from before the start, which becomes what the disk holds
 * PORTVAKT_CUT_PLAN      a file that may appear later: `COUNT KIND WHEN KEPT SEED`
 *                        KIND any, write, walwrite, walsync, dbwrite, dbsync, socket; WHEN before, after;
 *                        KEPT none, all, some, torn
 * PORTVAKT_CUT_JOURNAL   a file for all calls in their order (see `note`); none without it
 * PORTVAKT_CUT_SWALLOW   a disk that lies: syncs answer and do nothing
 *
 * Calls are made by `syscall`, so that nothing here depends on the order of libraries.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SECTOR 512
#define DESCRIPTORS 65536
#define EXPORT __attribute__((visibility("default")))

enum kind { ANY, WRITE, WAL_WRITE, WAL_SYNC, DB_WRITE, DB_SYNC, SOCKET };
static const char *const kinds[] = {"any", "write", "walwrite", "walsync", "dbwrite", "dbsync", "socket"};
enum kept { NONE, ALL, SOME, TORN };
static const char *const keeps[] = {"none", "all", "some", "torn"};

/* A write (bytes) or a new length (no bytes) that no sync has made durable. */
struct change {
    struct change *next;
    int64_t offset;
    size_t length;
    char *bytes;
};

struct file {
    struct file *next;
    dev_t device;
    ino_t inode;
    int number, shadow, users;
    char name[PATH_MAX]; /* within the data folder, as it was opened last */
    struct change *first, **last;
};

/* A name that was made (`file`) or removed (no file) in a folder that was not synced since. */
struct naming {
    struct naming *next;
    char name[PATH_MAX];
    struct file *file;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files;
static struct naming *namings;
static struct file *open_files[DESCRIPTORS];
static char *open_folders[DESCRIPTORS];
static int next_number, journal = -1, swallows;
static char data[PATH_MAX], shadow[PATH_MAX];
static const char *plan_file;
static uint64_t call, random_state;
static int is_armed, planned_kind, planned_after, planned_kept;
static long planned_count;

static void die(const char *what) {
    dprintf(2, "power_cut: %s: %s\n", what, strerror(errno));
    syscall(SYS_exit_group, 99);
}

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("PORTVAKT_CUT_DATA"), *copy = getenv("PORTVAKT_CUT_SHADOW");
    if (!folder || !copy || !realpath(folder, data) || !realpath(copy, shadow)) die("no data folder or no shadow");
    plan_file = getenv("PORTVAKT_CUT_PLAN");
    swallows = getenv("PORTVAKT_CUT_SWALLOW") != NULL;
    const char *path = getenv("PORTVAKT_CUT_JOURNAL");
    if (path && (journal = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        die(path);
}

static uint64_t draw(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* One record of the journal, in the machine's own order of bytes: type, number of the file or descriptor, offset, length of
 * what follows. Types: N name of a file, W write, T new length, F sync, D sync of a folder, S write to a socket. */
static void note(char type, int number, int64_t offset, const char *bytes, size_t length) {
    if (journal < 0) return;
    struct __attribute__((packed)) { char type; int32_t number; int64_t offset; uint32_t length; } head =
        {type, number, offset, (uint32_t)length};
    struct iovec parts[] = {{&head, sizeof head}, {(char *)bytes, length}};
    if (syscall(SYS_writev, journal, parts, 2) != (long)(sizeof head + length)) die("journal");
}

/* What of a file reached the disk, when `kept` says so. */
static void settle(struct file *file, enum kept kept) {
    for (struct change *change = file->first, *next; change; change = next) {
        next = change->next;
        if (!change->bytes) {
            if (kept == ALL || (kept != NONE && draw() & 1)) syscall(SYS_ftruncate, file->shadow, change->offset);
        } else if (kept == ALL || kept == SOME) {
            if (kept == ALL || draw() & 1)
                syscall(SYS_pwrite64, file->shadow, change->bytes, change->length, change->offset);
        } else if (kept == TORN) {
            for (size_t done = 0, part; done < change->length; done += part) {
                part = SECTOR - (change->offset + done) % SECTOR;
                if (part > change->length - done) part = change->length - done;
                if (draw() & 1) syscall(SYS_pwrite64, file->shadow, change->bytes + done, part, change->offset + done);
            }
        }
        free(change->bytes);
        free(change);
    }
    file->first = NULL;
    file->last = &file->first;
}

static void shadow_path(char *path, const char *name) { snprintf(path, PATH_MAX, "%s/%s", shadow, name); }

static void hidden_path(char *path, struct file *file) { snprintf(path, PATH_MAX, "%s/.cut-%d", shadow, file->number); }

static void settle_naming(struct naming *naming) {
    char path[PATH_MAX], hidden[PATH_MAX];
    shadow_path(path, naming->name);
    syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!naming->file) return;
    hidden_path(hidden, naming->file);
    if (syscall(SYS_linkat, AT_FDCWD, hidden, AT_FDCWD, path, 0)) die(path);
}

static int is_in(const char *name, const char *folder) {
    size_t length = strlen(folder);
    const char *rest = length == 0 ? name : strncmp(name, folder, length) == 0 && name[length] == '/' ? name + length + 1 : NULL;
    return rest && !strchr(rest, '/');
}

static void settle_names(const char *folder) {
    for (struct naming **place = &namings; *place;) {
        struct naming *naming = *place;
        if (!is_in(naming->name, folder)) {
            place = &naming->next;
            continue;
        }
        settle_naming(naming);
        *place = naming->next;
        free(naming);
    }
}

static void cut(void) {
    for (struct naming *naming = namings; naming; naming = naming->next)
        if (planned_kept == ALL || (planned_kept != NONE && draw() & 1)) settle_naming(naming);
    for (struct file *file = files; file; file = file->next) {
        char hidden[PATH_MAX];
        settle(file, planned_kept);
        hidden_path(hidden, file);
        syscall(SYS_unlinkat, AT_FDCWD, hidden, 0);
    }
    syscall(SYS_exit_group, 86);
}

static void read_plan(void) {
    char text[128] = {0}, kind[16], when[16], kept[16];
    if (!plan_file) return;
    int file = syscall(SYS_openat, AT_FDCWD, plan_file, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    if (sscanf(text, "%ld %15s %15s %15s %lu", &planned_count, kind, when, kept, &random_state) != 5) die("plan");
    for (int index = 0; index <= SOCKET; index++)
        if (!strcmp(kinds[index], kind)) planned_kind = index;
    for (int index = 0; index <= TORN; index++)
        if (!strcmp(keeps[index], kept)) planned_kept = index;
    planned_after = !strcmp(when, "after");
    random_state = random_state * 2 + 1;
    is_armed = 1;
}

/* Counts a call that is about to be made; true when the power is to go after it. */
static int counts(int first, int second) {
    call++;
    if (!is_armed) read_plan();
    if (!is_armed || (planned_kind != ANY && planned_kind != first && planned_kind != second)) return 0;
    if (--planned_count) return 0;
    if (!planned_after) cut();
    return 1;
}

static int ends(const char *name, const char *end) {
    size_t length = strlen(name), of = strlen(end);
    return length >= of && !strcmp(name + length - of, end);
}

static int counts_write(struct file *file) {
    return counts(WRITE, ends(file->name, "-wal") ? WAL_WRITE : ends(file->name, ".db") ? DB_WRITE : WRITE);
}

static void change(struct file *file, const char *bytes, size_t length, int64_t offset) {
    struct change *made = calloc(1, sizeof *made);
    made->offset = offset;
    made->length = length;
    if (bytes) memcpy(made->bytes = malloc(length ? length : 1), bytes, length);
    *file->last = made;
    file->last = &made->next;
    note(bytes ? 'W' : 'T', file->number, offset, bytes, length);
}

/* The name within the data folder; NULL for another path. */
static const char *within(const char *path) {
    size_t length = strlen(data);
    return strncmp(path, data, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

static struct naming *name_change(const char *name, struct file *file) {
    struct naming *made = calloc(1, sizeof *made), **place = &namings;
    snprintf(made->name, sizeof made->name, "%s", name);
    made->file = file;
    while (*place) place = &(*place)->next;
    return *place = made;
}

static int is_pending(const char *name) {
    for (struct naming *naming = namings; naming; naming = naming->next)
        if (!strcmp(naming->name, name)) return 1;
    return 0;
}

static struct file *find(const struct stat *status) {
    for (struct file *file = files; file; file = file->next)
        if (file->inode == status->st_ino && file->device == status->st_dev && file->inode) return file;
    return NULL;
}

static struct file *track(const char *name, const struct stat *status) {
    struct file *file = find(status);
    if (file) return file;
    char path[PATH_MAX];
    file = calloc(1, sizeof *file);
    file->device = status->st_dev;
    file->inode = status->st_ino;
    file->number = next_number++;
    file->last = &file->first;
    snprintf(file->name, sizeof file->name, "%s", name);
    shadow_path(path, name);
    file->shadow = is_pending(name) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (file->shadow < 0) {
        /* Made since the start: on the disk it has no name yet. */
        hidden_path(path, file);
        file->shadow = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, status->st_mode & 0777);
        if (file->shadow < 0) die(path);
        name_change(name, file);
    }
    file->next = files;
    files = file;
    note('N', file->number, 0, name, strlen(name));
    return file;
}

/* Takes note of a descriptor that was opened. */
static int opened(int descriptor) {
    char link[64], path[PATH_MAX];
    struct stat status;
    if (descriptor < 0 || descriptor >= DESCRIPTORS) return descriptor;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length > 0 && fstat(descriptor, &status) == 0) {
        path[length] = 0;
        const char *name = within(path);
        pthread_mutex_lock(&lock);
        open_files[descriptor] = NULL;
        open_folders[descriptor] = NULL;
        if (S_ISDIR(status.st_mode) && (name || !strcmp(path, data))) {
            open_folders[descriptor] = strdup(name ? name : "");
        } else if (name && S_ISREG(status.st_mode) && !ends(name, "-shm")) {
            /* The wal-index is memory: SQLite makes it anew. */
            open_files[descriptor] = track(name, &status);
        }
        pthread_mutex_unlock(&lock);
    }
    errno = before;
    return descriptor;
}

static struct file *tracked(int descriptor) {
    return descriptor >= 0 && descriptor < DESCRIPTORS ? open_files[descriptor] : NULL;
}

static int is_socket(int descriptor) {
    struct stat status;
    int before = errno, result = fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
    errno = before;
    return result;
}

#define OPEN(NAME, FOLDER, PARAMETERS)                                                            \
    EXPORT int NAME PARAMETERS {                                                                  \
        mode_t mode = 0;                                                                          \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                                    \
            va_list rest;                                                                         \
            va_start(rest, flags);                                                                \
            mode = va_arg(rest, mode_t);                                                          \
            va_end(rest);                                                                         \
        }                                                                                         \
        return opened(syscall(SYS_openat, FOLDER, path, flags, mode));                            \
    }
OPEN(open, AT_FDCWD, (const char *path, int flags, ...))
OPEN(open64, AT_FDCWD, (const char *path, int flags, ...))
OPEN(openat, folder, (int folder, const char *path, int flags, ...))
OPEN(openat64, folder, (int folder, const char *path, int flags, ...))

EXPORT int __open_2(const char *path, int flags) { return opened(syscall(SYS_openat, AT_FDCWD, path, flags)); }
EXPORT int __open64_2(const char *path, int flags) { return opened(syscall(SYS_openat, AT_FDCWD, path, flags)); }

EXPORT int close(int descriptor) {
    if (descriptor >= 0 && descriptor < DESCRIPTORS && (open_files[descriptor] || open_folders[descriptor])) {
        pthread_mutex_lock(&lock);
        open_files[descriptor] = NULL;
        free(open_folders[descriptor]);
        open_folders[descriptor] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return syscall(SYS_close, descriptor);
}

/* A write to a file of the data folder at an offset, or where the descriptor stands (-1). */
static ssize_t written(int descriptor, struct file *file, const struct iovec *parts, int count, int64_t offset) {
    pthread_mutex_lock(&lock);
    int last = counts_write(file);
    if (offset < 0) {
        struct stat status;
        int flags = syscall(SYS_fcntl, descriptor, F_GETFL);
        offset = flags & O_APPEND && fstat(descriptor, &status) == 0 ? status.st_size
                                                                     : syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
        if (!(flags & O_APPEND)) syscall(SYS_lseek, descriptor, offset, SEEK_SET);
    }
    ssize_t done = 0;
    for (int index = 0; index < count; index++) {
        ssize_t part = syscall(SYS_pwrite64, descriptor, parts[index].iov_base, parts[index].iov_len, offset + done);
        if (part < 0) {
            if (!done) done = -1;
            break;
        }
        change(file, parts[index].iov_base, part, offset + done);
        done += part;
        if (part < (ssize_t)parts[index].iov_len) break;
    }
    int before = errno;
    if (last) cut();
    pthread_mutex_unlock(&lock);
    errno = before;
    return done;
}

static ssize_t written_on(int descriptor, struct file *file, const struct iovec *parts, int count) {
    ssize_t done = written(descriptor, file, parts, count, -1);
    if (done > 0) syscall(SYS_lseek, descriptor, done, SEEK_CUR);
    return done;
}

/* A call that may send something on a socket; `parts` is what it wants to send. */
static ssize_t sent(int descriptor, const struct iovec *parts, int count, long number, long a, long b, long c, long d) {
    if (!is_socket(descriptor)) return syscall(number, descriptor, a, b, c, d, 0);
    pthread_mutex_lock(&lock);
    int last = counts(SOCKET, SOCKET);
    ssize_t done = syscall(number, descriptor, a, b, c, d, 0), left = done;
    int before = errno;
    for (int index = 0; index < count && left > 0; index++) {
        size_t part = left < (ssize_t)parts[index].iov_len ? (size_t)left : parts[index].iov_len;
        note('S', descriptor, (int64_t)call, parts[index].iov_base, part);
        left -= part;
    }
    if (last) cut();
    pthread_mutex_unlock(&lock);
    errno = before;
    return done;
}

EXPORT ssize_t write(int descriptor, const void *bytes, size_t length) {
    struct iovec part = {(void *)bytes, length};
    struct file *file = tracked(descriptor);
    return file ? written_on(descriptor, file, &part, 1)
                : sent(descriptor, &part, 1, SYS_write, (long)bytes, length, 0, 0);
}

EXPORT ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    struct file *file = tracked(descriptor);
    return file ? written_on(descriptor, file, parts, count)
                : sent(descriptor, parts, count, SYS_writev, (long)parts, count, 0, 0);
}

EXPORT ssize_t send(int descriptor, const void *bytes, size_t length, int flags) {
    struct iovec part = {(void *)bytes, length};
    return sent(descriptor, &part, 1, SYS_sendto, (long)bytes, length, flags, 0);
}

EXPORT ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    return sent(descriptor, message->msg_iov, message->msg_iovlen, SYS_sendmsg, (long)message, flags, 0, 0);
}

#define PWRITE(NAME)                                                                              \
    EXPORT ssize_t NAME(int descriptor, const void *bytes, size_t length, off64_t offset) {       \
        struct iovec part = {(void *)bytes, length};                                              \
        struct file *file = tracked(descriptor);                                                  \
        return file ? written(descriptor, file, &part, 1, offset)                                 \
                    : syscall(SYS_pwrite64, descriptor, bytes, length, offset);                   \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(NAME)                                                                             \
    EXPORT ssize_t NAME(int descriptor, const struct iovec *parts, int count, off64_t offset) {   \
        struct file *file = tracked(descriptor);                                                  \
        return file ? written(descriptor, file, parts, count, offset)                             \
                    : syscall(SYS_pwritev, descriptor, parts, count, offset, 0);                  \
    }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define TRUNCATE(NAME)                                                                            \
    EXPORT int NAME(int descriptor, off64_t length) {                                             \
        struct file *file = tracked(descriptor);                                                  \
        if (!file) return syscall(SYS_ftruncate, descriptor, length);                             \
        pthread_mutex_lock(&lock);                                                                \
        int last = counts_write(file), result = syscall(SYS_ftruncate, descriptor, length);       \
        if (result == 0) change(file, NULL, 0, length);                                           \
        if (last) cut();                                                                          \
        pthread_mutex_unlock(&lock);                                                              \
        return result;                                                                            \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

static int synced(int descriptor, long number) {
    struct file *file = tracked(descriptor);
    const char *folder = descriptor >= 0 && descriptor < DESCRIPTORS ? open_folders[descriptor] : NULL;
    if (!file && !folder) return syscall(number, descriptor);
    pthread_mutex_lock(&lock);
    int last = file && ends(file->name, "-wal")  ? counts(WAL_SYNC, WAL_SYNC)
               : file && ends(file->name, ".db") ? counts(DB_SYNC, DB_SYNC)
                                                 : counts(ANY, ANY);
    if (!swallows) {
        if (file) settle(file, ALL);
        if (folder) settle_names(folder);
        note(file ? 'F' : 'D', file ? file->number : 0, 0, NULL, 0);
    }
    if (last) cut();
    pthread_mutex_unlock(&lock);
    return 0;
}

EXPORT int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
EXPORT int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

/* The canonical path of a name that may not exist any more: its folder's, and the last part. */
static const char *named(int folder, const char *path, char *whole) {
    char copy[PATH_MAX], link[PATH_MAX];
    const char *last = strrchr(path, '/');
    snprintf(copy, sizeof copy, "%.*s", last ? (int)(last - path) : 1, last ? path : ".");
    if (path[0] != '/' && folder != AT_FDCWD) {
        snprintf(link, sizeof link, "/proc/self/fd/%d/%.3000s", folder, copy);
        memcpy(copy, link, sizeof copy);
    }
    if (!realpath(copy[0] ? copy : "/", whole)) return NULL;
    size_t length = strlen(whole);
    snprintf(whole + length, PATH_MAX - length, "/%s", last ? last + 1 : path);
    return within(whole);
}

static int removed(int folder, const char *path, int flags) {
    char whole[PATH_MAX];
    struct stat status;
    const char *name = flags & AT_REMOVEDIR ? NULL : named(folder, path, whole);
    if (!name || ends(name, "-shm")) return syscall(SYS_unlinkat, folder, path, flags);
    pthread_mutex_lock(&lock);
    int last = counts(WRITE, WRITE), exists = lstat(whole, &status) == 0;
    int result = syscall(SYS_unlinkat, folder, path, flags), before = errno;
    if (result == 0 && exists) {
        struct file *file = find(&status);
        if (file) file->inode = 0; /* its number may be given to another */
        name_change(name, NULL);
    }
    if (last) cut();
    pthread_mutex_unlock(&lock);
    errno = before;
    return result;
}

EXPORT int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
EXPORT int unlinkat(int folder, const char *path, int flags) { return removed(folder, path, flags); }

/* A file that takes another name keeps the bytes that it has on the disk. */
static int renamed(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    char whole_from[PATH_MAX], whole_to[PATH_MAX];
    struct stat status;
    const char *old = named(from_folder, from, whole_from), *new = named(to_folder, to, whole_to);
    if (!old || !new) return syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    pthread_mutex_lock(&lock);
    int last = counts(WRITE, WRITE), exists = lstat(whole_from, &status) == 0 && S_ISREG(status.st_mode);
    int result = syscall(SYS_renameat2, from_folder, from, to_folder, to, flags), before = errno;
    if (result == 0 && exists) {
        char path[PATH_MAX], hidden[PATH_MAX];
        struct file *file = track(old, &status);
        hidden_path(hidden, file);
        shadow_path(path, old);
        /* One that had its name from the start is reached by it alone. */
        if (access(hidden, F_OK)) syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, hidden, 0);
        snprintf(file->name, sizeof file->name, "%s", new);
        name_change(new, file);
        name_change(old, NULL);
        note('N', file->number, 0, new, strlen(new));
    }
    if (last) cut();
    pthread_mutex_unlock(&lock);
    errno = before;
    return result;
}

EXPORT int rename(const char *from, const char *to) { return renamed(AT_FDCWD, from, AT_FDCWD, to, 0); }
EXPORT int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    return renamed(from_folder, from, to_folder, to, 0);
}
EXPORT int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    return renamed(from_folder, from, to_folder, to, flags);
}
