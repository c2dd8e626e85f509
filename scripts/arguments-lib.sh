# Shared by the scripts beside it, which have it from build-lib.sh: their arguments, which are looked at
# before anything is installed or built. What options a script has stands in its help alone, the comment
# at its top.

# usage_error SENTENCE: says what is wrong with the arguments of the script that was called, and ends it.
usage_error() {
  echo "$(basename "$0"): $1" >&2
  exit 2
}

help_text() { sed -n '2,/^set/{/^set/d;s/^# \?//;p}' "$0"; }

# show_help_if_asked ARGUMENT...: in whatever place.
show_help_if_asked() {
  local word
  for word; do
    case $word in
      -h | --help)
        help_text
        exit 0
        ;;
    esac
  done
}

# value_in HELP OPTION: prints what HELP calls the value of OPTION, N in "[--rounds N]", or nothing if it
# takes none. Fails if it does not know OPTION.
value_in() {
  local pattern="(^|[^[:alnum:]-])$2([ =]([[:upper:]'][^][:space:]]*))?([^[:alnum:]-]|\$)"
  [[ $2 =~ ^--[[:lower:]-]+$ && $1 =~ $pattern ]] && echo "${BASH_REMATCH[3]}"
}

# check_value NAME KIND VALUE: refuses what cannot be a KIND, a word of the help. Of other kinds only
# nothing at all is refused: the program that is called in the end knows more.
check_value() {
  local whole='[1-9][0-9]{0,11}' number='([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?' wanted=
  case $2 in
    N) [[ $3 =~ ^$whole$ ]] || wanted='a whole number, 1 or more' ;;
    N,N,...) [[ $3 =~ ^$whole(,$whole)*$ ]] || wanted='whole numbers with commas between, 1 or more' ;;
    SECONDS) [[ $3 =~ ^$number$ && ${3%e*} == *[1-9]* ]] || wanted='seconds above 0' ;;
    MS,MS,...) [[ $3 =~ ^$number(,$number)*$ ]] || wanted='milliseconds with commas between, 0 or more' ;;
    SEED) [[ $3 =~ ^[0-9]{1,20}$ ]] || wanted='a whole number' ;;
    HOST:PORT) [[ $3 == *?:?* || $3 =~ ^[0-9]+$ ]] || wanted='HOST:PORT, as in 127.0.0.1:8000' ;;
    DIR) [[ $3 == /* ]] || wanted='a folder from / on, such as /usr/local' ;;
    FILE) can_be_written "$3" || wanted='a file that can be written' ;;
    *) [ -n "$3" ] || wanted='what --help says' ;;
  esac
  [ -z "$wanted" ] || usage_error "$1 cannot be '$3'; give $wanted"
}

can_be_written() {
  [ -n "$1" ] && [ ! -d "$1" ] || return 1
  if [ -e "$1" ]; then [ -w "$1" ]; else [ -d "$(dirname "$1")" ] && [ -w "$(dirname "$1")" ]; fi
}

# check_arguments ARGUMENT...: shows the help of the script that was called if asked to, and refuses options
# that it does not know and values that they cannot have. Leaves the options in `options`, each value a
# word of its own, and everything else in `operands`.
check_arguments() {
  local help option kind
  options=() operands=()
  show_help_if_asked "$@"
  help=$(help_text)
  while [ $# -gt 0 ]; do
    option=${1%%=*}
    if [[ $1 != -* ]]; then
      operands+=("$1")
    elif ! kind=$(value_in "$help" "$option"); then
      usage_error "'$1' is not known; see scripts/$(basename "$0") --help"
    elif [ -z "$kind" ]; then
      [ "$1" = "$option" ] || usage_error "$option takes no value; leave out '=${1#*=}'"
      options+=("$option")
    elif [ "$1" != "$option" ]; then
      check_value "$option" "$kind" "${1#*=}"
      options+=("$option" "${1#*=}")
    else
      [ $# -gt 1 ] || usage_error "$option needs a value"
      check_value "$option" "$kind" "$2"
      options+=("$option" "$2")
      shift
    fi
    shift
  done
}

# refuse_operands: of a script that has options only.
refuse_operands() {
  [ ${#operands[@]} -eq 0 ] ||
    usage_error "'${operands[0]}' is not known; see scripts/$(basename "$0") --help"
}

# check_options_of TOOL WORD...: refuses options that TOOL, 'meson test' say, does not know by its own help.
# Nothing is refused while it is not installed.
check_options_of() {
  local tool=$1 help word
  shift
  command -v "${tool%% *}" >/dev/null || return 0
  help=$($tool --help) || return 0
  for word; do
    # Its options may be shortened.
    if [[ $word == --?* && $help != *"${word%%=*}"* ]]; then
      usage_error "'$word' is an option neither of this script nor of $tool"
    fi
  done
}
