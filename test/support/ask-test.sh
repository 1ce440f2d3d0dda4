# Stands for the program in the shells of test/support/asking-shell.ts: the test runs `promptgrid "$@"` in its own
# process, and this prints what it printed and ends as it ended.
asked=$(mktemp -d "$ASKED_FOLDER/XXXXXX")
pwd > "$asked/folder"
env > "$asked/env"
printf '%s\0' "$@" > "$asked/words"
# Commands read their input only if a word says so.
case " $* " in *' - '*) cat > "$asked/stdin" ;; esac
echo "$asked" >&3
read -r answered status <&4
if [ "$answered" != "$asked" ]; then
  echo 'two commands of a shell ask the test at once' >&2
  exit 70
fi
cat "$asked/stdout"
cat "$asked/stderr" >&2
exit "$status"
