/* Follows a process and all it starts, and kills them at one of their system calls (ptrace).
 *
 * What others can see of a process changes at its system calls alone, and at these: killed before and
 * after each of them, it was killed at every moment that makes a difference. See striker.py.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 4096
#define BEGIN SIGUSR1 /* the followed process sends itself this where counting begins … */
#define END SIGUSR2   /* … and this where it ends */

static pid_t followed[MOST];
static int within[MOST]; /* it is inside a call that others can notice */
static int count;

static int index_of(pid_t pid) {
    for (int i = 0; i < count; i++)
        if (followed[i] == pid) return i;
    return -1;
}

static void remember(pid_t pid) {
    if (index_of(pid) >= 0 || count == MOST) return;
    within[count] = 0;
    followed[count++] = pid;
}

static void forget(pid_t pid) {
    int found = index_of(pid);
    if (found < 0) return;
    followed[found] = followed[--count];
    within[found] = within[count];
}

static void kill_all(void) {
    for (int i = 0; i < count; i++) kill(followed[i], SIGKILL);
}

static void interrupt_others(pid_t pid) {
    for (int i = 0; i < count; i++)
        if (followed[i] != pid) ptrace(PTRACE_INTERRUPT, followed[i], 0, 0);
}

/* Locks are none of them: they end with whoever holds them. */
static const long changing[] = {
    SYS_write,    SYS_pwrite64,  SYS_writev,    SYS_pwritev,         SYS_sendto,    SYS_sendmsg,   SYS_fsync,
    SYS_fdatasync, SYS_ftruncate, SYS_truncate, SYS_rename,          SYS_renameat,  SYS_renameat2, SYS_unlink,
    SYS_unlinkat, SYS_mkdir,     SYS_mkdirat,   SYS_rmdir,           SYS_link,      SYS_linkat,    SYS_symlink,
    SYS_creat,    SYS_fallocate, SYS_chmod,     SYS_fchmod,          SYS_sendfile,  SYS_shutdown,  SYS_kill,
    SYS_clone,    SYS_fork,      SYS_vfork,     SYS_copy_file_range, SYS_execve,    SYS_exit_group,
};

static int noticed(const struct __ptrace_syscall_info *call) {
    long number = (long)call->entry.nr;
    if (number == SYS_open) return (call->entry.args[1] & (O_CREAT | O_TRUNC)) != 0;
    if (number == SYS_openat) return (call->entry.args[2] & (O_CREAT | O_TRUNC)) != 0;
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
        if (changing[i] == number) return 1;
    return 0;
}

/* Say whether a process stopped before or after a call that others can notice. */
static int matters(pid_t pid) {
    struct __ptrace_syscall_info info;
    int at = index_of(pid), was = within[at];
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof info, &info) <= 0) return 0;
    within[at] = info.op == PTRACE_SYSCALL_INFO_ENTRY && noticed(&info);
    return was || within[at];
}

/* Begin to follow a process; returns 0, or why not. */
int striker_follow(pid_t pid) {
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                   PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    count = 0;
    if (ptrace(PTRACE_SEIZE, pid, 0, options)) return errno;
    remember(pid);
    return 0;
}

/* Let them run until all have ended; at stop number `at` kill the one that stopped, or with `group` all.
 * Returns how many stops there were, and in `struck` who had stopped, or -1. */
long striker_run(pid_t first, long at, int group, int *struck) {
    long stops = 0;
    int armed = 0, status;
    *struck = -1;
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) {
            if (errno == EINTR) continue;
            return stops;
        }
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            forget(pid);
            continue;
        }
        remember(pid);
        int sent = WSTOPSIG(status), event = status >> 16, deliver = 0;
        if (sent == (SIGTRAP | 0x80)) {
            if (armed && matters(pid) && ++stops == at) {
                *struck = pid;
                armed = 0;
                if (group) kill_all();
                else kill(pid, SIGKILL);
            }
        } else if (!event && pid == first && (sent == BEGIN || sent == END)) {
            armed = sent == BEGIN;
            interrupt_others(pid);
        } else if (!event) {
            deliver = sent;
        }
        ptrace(armed ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, deliver);
    }
}
