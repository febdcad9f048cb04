# Cleans up after one installation, whatever became of the harness: it finished, failed, panicked or was killed.
# Runs as `sh -c <this> guardian ROOT` with a pipe from the harness as stdin.
root=$1

# The pipe closes when the harness lets go of the installation, or dies.
cat >/dev/null

# Processes are recognised by their working directory, never by a pid that may have been given away since:
# leadflow runs in ROOT itself, Postgres in its cluster below ROOT.
commands() { find /proc/[0-9]*/cwd -maxdepth 0 -lname "$root" 2>/dev/null; }
everything() { find /proc/[0-9]*/cwd -maxdepth 0 \( -lname "$root" -o -lname "$root/*" \) 2>/dev/null; }

signal() {
    for link in $("$2"); do
        pid=${link#/proc/}
        kill "-$1" "${pid%/cwd}" 2>/dev/null
    done
}

gone_within() {
    tenths=$1
    while [ -n "$("$2")" ]; do
        [ "$tenths" -gt 0 ] || return 1
        tenths=$((tenths - 1))
        sleep 0.1
    done
}

# `serve --until-stdin-closes` saw its own pipe close at the same moment: let it drain and stop its Postgres.
gone_within 150 commands || signal KILL commands
# What still lives was orphaned by a kill -9. An immediate stop will do: the cluster is deleted next.
signal QUIT everything
gone_within 50 everything || signal KILL everything
rm -rf "$root"
