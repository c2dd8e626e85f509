# Shared by the scripts beside it, sourced by them: where the tree is, and how it is built.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/arguments-lib.sh"

# build FOLDER TARGET [MESON OPTION...]: configures FOLDER once and brings TARGET up to date.
# Silent on standard output; on failure the compiler's words go to standard error.
build() {
  local folder=$1 target=$2 log
  shift 2
  log=$(mktemp)
  # Meson remembers that doctest was missing, so a folder from before it was installed starts anew.
  if [[ " $* " == *' -Dtests=enabled '* ]] && [ -f "$folder/build.ninja" ] &&
    [ "$(meson introspect "$folder" --tests)" = '[]' ]; then
    rm -rf "$folder"
  fi
  if [ ! -f "$folder/build.ninja" ]; then
    echo "configuring $(basename "$folder")" >&2
    if ! meson setup "$folder" "$root" "$@" >"$log" 2>&1; then
      rm -rf "$folder"
      fail_with "$log"
    fi
  fi
  ninja -C "$folder" "$target" 2>&1 | announce "$(basename "$folder")" >"$log" || fail_with "$log"
  rm -f "$log"
}

# announce NAME: hands ninja's lines on, and says that NAME is built once something has been compiled. A
# dry run would not do: it always names the file with the revision and all that includes it.
announce() {
  local line said=
  while IFS= read -r line; do
    if [ -z "$said" ] && [[ $line == *" Compiling "* ]]; then
      said=yes
      echo "building $1; the first time takes a minute or two" >&2
    fi
    printf '%s\n' "$line"
  done
}

fail_with() {
  cat "$1" >&2
  rm -f "$1"
  echo "the build failed; its messages stand above" >&2
  exit 1
}
