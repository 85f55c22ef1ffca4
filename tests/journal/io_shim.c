/* Stands between a process and the files below $IO_SHIM_DIRECTORY (LD_PRELOAD).
 *
 * It numbers every call that changes them, writes each into $IO_SHIM_RECORD, and can make one of
 * them fail: see io_shim.py. Files elsewhere are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_FILES 1024

static char *name_of[MOST_FILES]; /* by descriptor: the path below the directory, or NULL */
static const char *directory;
static int record = -1;

static long calls, fault_at = -1, partial;
static int fault, sticky;
static char struck[256]; /* the first call that went wrong: what it was, and on which file */

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

__attribute__((constructor)) static void begin(void) {
    static int begun;
    if (begun) return;
    begun = 1;
    *(void **)&real_open = dlsym(RTLD_NEXT, "open64");
    *(void **)&real_close = dlsym(RTLD_NEXT, "close");
    *(void **)&real_write = dlsym(RTLD_NEXT, "write");
    *(void **)&real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    *(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
    *(void **)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    *(void **)&real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    *(void **)&real_unlink = dlsym(RTLD_NEXT, "unlink");
    *(void **)&real_rename = dlsym(RTLD_NEXT, "rename");
    directory = getenv("IO_SHIM_DIRECTORY");
    if (!directory) directory = "/nowhere";
    const char *path = getenv("IO_SHIM_RECORD");
    if (path) record = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* From Python: at call number `at` (from now on) do `kind`; with `stay`, at each later one too. */
void io_shim_arm(long at, int kind, long bytes, int stay) {
    calls = 0, fault_at = at, fault = kind, partial = bytes, sticky = stay;
    *struck = 0;
}

const char *io_shim_struck(void) { return struck; }

long io_shim_calls(void) { return calls; }

static void note(char what, const char *name, int64_t at, const void *data, uint32_t length) {
    if (record < 0) return;
    uint16_t name_length = (uint16_t)strlen(name);
    char head[15];
    head[0] = what;
    memcpy(head + 1, &name_length, 2);
    memcpy(head + 3, &at, 8);
    memcpy(head + 11, &length, 4);
    real_write(record, head, sizeof head);
    real_write(record, name, name_length);
    if (length) real_write(record, data, length);
}

/* From Python: a line in the record that is not about a file. */
void io_shim_mark(const char *text) { note('M', text, 0, NULL, 0); }

static const char *below(const char *path) {
    size_t length = strlen(directory);
    if (strncmp(path, directory, length)) return NULL;
    if (!path[length]) return ".";
    return path[length] == '/' ? path + length + 1 : NULL;
}

static const char *known(int descriptor) {
    return descriptor >= 0 && descriptor < MOST_FILES ? name_of[descriptor] : NULL;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Say whether this call is to go wrong; for a kill it does not return. */
static int goes_wrong(char what, const char *name) {
    long number = calls++;
    if (fault_at < 0 || !fault) return 0;
    if (number == fault_at) snprintf(struck, sizeof struck, "%c %s", what, name);
    return number == fault_at || (sticky && number > fault_at);
}

static int failed(void) {
    if (fault == 'K') die();
    errno = fault == 'N' ? ENOSPC : EIO;
    return -1;
}

static int opened(const char *path, int flags, mode_t mode) {
    const char *name = below(path);
    struct stat found;
    int makes = name && (flags & O_CREAT) && stat(path, &found);
    if (makes && goes_wrong('C', name) && fault != 'S') return failed();
    int descriptor = real_open(path, flags, mode);
    if (descriptor < 0 || descriptor >= MOST_FILES) return descriptor;
    free(name_of[descriptor]);
    name_of[descriptor] = name ? strdup(name) : NULL;
    if (makes) note('C', name, 0, NULL, 0);
    if (name && (flags & O_TRUNC)) note('T', name, 0, NULL, 0);
    return descriptor;
}

static mode_t mode_in(int flags, va_list more) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPENS(function, ...)                  \
    int function(__VA_ARGS__, int flags, ...) { \
        va_list more;                         \
        va_start(more, flags);                \
        mode_t mode = mode_in(flags, more);   \
        va_end(more);                         \
        return opened(path, flags, mode);     \
    }

OPENS(open, const char *path)
OPENS(open64, const char *path)

int close(int descriptor) {
    if (known(descriptor)) {
        free(name_of[descriptor]);
        name_of[descriptor] = NULL;
    }
    return real_close(descriptor);
}

static ssize_t written(int descriptor, const void *data, size_t length, off_t at) {
    const char *name = known(descriptor);
    int wrong = goes_wrong('W', name);
    size_t part = wrong && partial > 0 ? ((size_t)partial < length ? (size_t)partial : length) : 0;
    size_t wanted = wrong && (fault != 'S' || part) ? part : length;
    ssize_t result = wanted ? real_pwrite(descriptor, data, wanted, at) : 0;
    if (result > 0) note('W', name, at, data, (uint32_t)result);
    if (wrong && fault != 'S') return failed();
    return result;
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off_t at) {
    if (!known(descriptor)) return real_pwrite(descriptor, data, length, at);
    return written(descriptor, data, length, at);
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t at) {
    return pwrite64(descriptor, data, length, at);
}

ssize_t write(int descriptor, const void *data, size_t length) {
    if (!known(descriptor)) return real_write(descriptor, data, length);
    off_t at = lseek(descriptor, 0, SEEK_CUR);
    ssize_t result = written(descriptor, data, length, at);
    if (result > 0) lseek(descriptor, at + result, SEEK_SET);
    return result;
}

static int synced(int descriptor, int (*real)(int)) {
    const char *name = known(descriptor);
    if (!name) return real(descriptor);
    if (goes_wrong('F', name) && fault != 'S') return failed();
    int result = real(descriptor);
    if (!result) note('F', name, 0, NULL, 0);
    return result;
}

int fsync(int descriptor) { return synced(descriptor, real_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, real_fdatasync); }

int ftruncate64(int descriptor, off_t length) {
    const char *name = known(descriptor);
    if (!name) return real_ftruncate(descriptor, length);
    if (goes_wrong('T', name) && fault != 'S') return failed();
    int result = real_ftruncate(descriptor, length);
    if (!result) note('T', name, length, NULL, 0);
    return result;
}

int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

int unlink(const char *path) {
    const char *name = below(path);
    if (!name) return real_unlink(path);
    if (goes_wrong('U', name) && fault != 'S') return failed();
    int result = real_unlink(path);
    if (!result) note('U', name, 0, NULL, 0);
    return result;
}

int rename(const char *from, const char *to) {
    const char *name = below(from);
    if (!name || !below(to)) return real_rename(from, to);
    if (goes_wrong('R', name) && fault != 'S') return failed();
    int result = real_rename(from, to);
    if (!result) note('R', name, 0, below(to), (uint32_t)strlen(below(to)));
    return result;
}
