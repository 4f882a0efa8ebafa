import { Command } from 'commander';

import { example } from './example';
import { readDesks } from './desk';

import type { Option } from 'commander';

/** Prints a script for the shell; nothing is installed by itself. */
export function completionCommand(program: Command): Command {
    return new Command('completion')
        .description('print a completion script for bash and zsh: eval "$(poolproof completion)"')
        .addHelpText('after', example('poolproof completion >> ~/.bashrc'))
        .option('--desks', 'print the names of the desks instead, as the script asks for them')
        .action(({ desks }: { desks?: boolean }) => {
            process.stdout.write(desks ? `${Object.keys(readDesks()).join('\n')}\n` : script(program));
        });
}

/**
 * The commands at each place, the options of the command that stands there, the values of an option that has a list of them; files
 * everywhere else. zsh loads what it needs to read a script of bash.
 */
function script(program: Command): string {
    const places = placesIn(program);
    const options = [...new Set([program, ...places.map(({ command }) => command)].flatMap(each => each.options))];
    return [
        'if [ -n "${ZSH_VERSION-}" ]; then type compdef >/dev/null 2>&1 || { autoload -Uz compinit && compinit -u; }; autoload -Uz bashcompinit && bashcompinit; fi',
        '_poolproof() {',
        '    local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[$((COMP_CWORD - 1))]}" place="" words="" next="" word',
        '    for word in "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do',
        '        if [ -n "$next" ]; then next=""; continue; fi',
        '        case "$word" in',
        `            ${options.filter(takesValue).map(flagsOf).join('|')}) next=1; continue ;;`,
        '        esac',
        '        case "$place $word" in',
        `            ${places.map(({ path }) => `"${path}"`).join('|')}) place="$place $word" ;;`,
        '        esac',
        '    done',
        '    case "$before" in',
        '        --as) words="$(poolproof completion --desks 2>/dev/null)" ;;',
        ...options.filter(hasChoices).map(option => `        ${flagsOf(option)}) words="${choicesOf(option)}" ;;`),
        `        ${options.filter(takesValue).filter(isOpen).map(flagsOf).join('|')}) return ;;`,
        '        *)',
        '            case "$place" in',
        `                "") words="${wordsAt(program)}" ;;`,
        ...places.map(({ path, command }) => `                "${path}") words="${wordsAt(command)}" ;;`),
        '            esac',
        `            case "$current" in -*) words="$words ${program.options.map(flagOf).join(' ')}" ;; esac ;;`,
        '    esac',
        '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
        '}',
        'complete -o default -F _poolproof poolproof',
        '',
    ].join('\n');
}

interface Place {
    /** ` deal open` */
    readonly path: string;
    readonly command: Command;
}

function placesIn(parent: Command, path = ''): Place[] {
    return parent.commands.flatMap(command => {
        const own = `${path} ${command.name()}`;
        return [{ path: own, command }, ...placesIn(command, own)];
    });
}

/** Of a command: those below it, or where there is none its options. */
function wordsAt(command: Command): string {
    const names = command.commands.map(each => each.name());
    return (names.length > 0 ? names : command.options.map(flagOf)).join(' ');
}

function takesValue(option: Option): boolean {
    return option.required || option.optional;
}

function hasChoices(option: Option): boolean {
    return option.argChoices !== undefined;
}

/** Takes a value that is a file or anybody's guess. */
function isOpen(option: Option): boolean {
    return !hasChoices(option) && option.long !== '--as';
}

function choicesOf(option: Option): string {
    return (option.argChoices ?? []).join(' ');
}

function flagsOf(option: Option): string {
    return [option.short, option.long].filter(Boolean).join('|');
}

/** As it is offered: an option without a long name by its letter. */
function flagOf({ long, short }: Option): string {
    return long ?? short ?? '';
}
