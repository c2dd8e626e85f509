# Shared by the scripts beside it, sourced by them: where the tree is, and how it is built.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# usage_error SENTENCE: says what is wrong with the arguments of the script that was called, and ends it.
usage_error() {
  echo "$(basename "$0"): $1" >&2
  exit 2
}

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
  if [ -n "$(ninja -C "$folder" -n "$target" 2>/dev/null | grep -v 'no work to do\|Entering')" ]; then
    echo "building $(basename "$folder"); the first time takes a minute or two" >&2
  fi
  ninja -C "$folder" "$target" >"$log" 2>&1 || fail_with "$log"
  rm -f "$log"
}

fail_with() {
  cat "$1" >&2
  rm -f "$1"
  echo "the build failed; its messages stand above" >&2
  exit 1
}
