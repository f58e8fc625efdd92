# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_parlour_global_optspecs
    string join \n config= profile= account= log= no-history h/help V/version
end

function __fish_parlour_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_parlour_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_parlour_using_subcommand
    set -l cmd (__fish_parlour_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c parlour -n "__fish_parlour_needs_command" -l config -d 'Read this config file instead of the profile\'s own' -r -F
complete -c parlour -n "__fish_parlour_needs_command" -l profile -d 'Keep config, messages and log apart under this name' -r
complete -c parlour -n "__fish_parlour_needs_command" -l account -d 'Sign in to this account alone' -r
complete -c parlour -n "__fish_parlour_needs_command" -l log -d 'How much to log (error, warn, info, debug, trace), or the file to log to' -r
complete -c parlour -n "__fish_parlour_needs_command" -l no-history -d 'Keep nothing on the disk: messages, drafts and the log are in a temporary folder that is deleted at the end. What is not sent by then is lost'
complete -c parlour -n "__fish_parlour_needs_command" -s h -l help -d 'Print help'
complete -c parlour -n "__fish_parlour_needs_command" -s V -l version -d 'Print version'
complete -c parlour -n "__fish_parlour_needs_command" -f -a "demo" -d 'Try parlour without an account or a network: a small server inside the program'
complete -c parlour -n "__fish_parlour_needs_command" -f -a "man" -d 'Print the manual page (roff)'
complete -c parlour -n "__fish_parlour_needs_command" -f -a "completions" -d 'Print a completion script'
complete -c parlour -n "__fish_parlour_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c parlour -n "__fish_parlour_using_subcommand demo" -l config -d 'Read this config file instead of the profile\'s own' -r -F
complete -c parlour -n "__fish_parlour_using_subcommand demo" -l profile -d 'Keep config, messages and log apart under this name' -r
complete -c parlour -n "__fish_parlour_using_subcommand demo" -l account -d 'Sign in to this account alone' -r
complete -c parlour -n "__fish_parlour_using_subcommand demo" -l log -d 'How much to log (error, warn, info, debug, trace), or the file to log to' -r
complete -c parlour -n "__fish_parlour_using_subcommand demo" -l no-history -d 'Keep nothing on the disk: messages, drafts and the log are in a temporary folder that is deleted at the end. What is not sent by then is lost'
complete -c parlour -n "__fish_parlour_using_subcommand demo" -s h -l help -d 'Print help'
complete -c parlour -n "__fish_parlour_using_subcommand man" -l config -d 'Read this config file instead of the profile\'s own' -r -F
complete -c parlour -n "__fish_parlour_using_subcommand man" -l profile -d 'Keep config, messages and log apart under this name' -r
complete -c parlour -n "__fish_parlour_using_subcommand man" -l account -d 'Sign in to this account alone' -r
complete -c parlour -n "__fish_parlour_using_subcommand man" -l log -d 'How much to log (error, warn, info, debug, trace), or the file to log to' -r
complete -c parlour -n "__fish_parlour_using_subcommand man" -l no-history -d 'Keep nothing on the disk: messages, drafts and the log are in a temporary folder that is deleted at the end. What is not sent by then is lost'
complete -c parlour -n "__fish_parlour_using_subcommand man" -s h -l help -d 'Print help'
complete -c parlour -n "__fish_parlour_using_subcommand completions" -l config -d 'Read this config file instead of the profile\'s own' -r -F
complete -c parlour -n "__fish_parlour_using_subcommand completions" -l profile -d 'Keep config, messages and log apart under this name' -r
complete -c parlour -n "__fish_parlour_using_subcommand completions" -l account -d 'Sign in to this account alone' -r
complete -c parlour -n "__fish_parlour_using_subcommand completions" -l log -d 'How much to log (error, warn, info, debug, trace), or the file to log to' -r
complete -c parlour -n "__fish_parlour_using_subcommand completions" -l no-history -d 'Keep nothing on the disk: messages, drafts and the log are in a temporary folder that is deleted at the end. What is not sent by then is lost'
complete -c parlour -n "__fish_parlour_using_subcommand completions" -s h -l help -d 'Print help'
complete -c parlour -n "__fish_parlour_using_subcommand help; and not __fish_seen_subcommand_from demo man completions help" -f -a "demo" -d 'Try parlour without an account or a network: a small server inside the program'
complete -c parlour -n "__fish_parlour_using_subcommand help; and not __fish_seen_subcommand_from demo man completions help" -f -a "man" -d 'Print the manual page (roff)'
complete -c parlour -n "__fish_parlour_using_subcommand help; and not __fish_seen_subcommand_from demo man completions help" -f -a "completions" -d 'Print a completion script'
complete -c parlour -n "__fish_parlour_using_subcommand help; and not __fish_seen_subcommand_from demo man completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
