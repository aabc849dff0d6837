#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
T-37: no number from outside becomes a place in memory unmasked.

Every subscript in the TSM's sources that is not a constant is masked by
covh_index_nospec(), or counted by a loop of the same function, or stands below
with the reason why nobody outside chooses it. Functions that make a place of
a number by addition must mask it, too. And the mask itself, compiled for the
target, must hold no branch, and must not be left out behind a check.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
COVH = TOP / 'lib' / 'sbi_covh'
DIRS = ('core', 'ecall', 'hart', 'trampoline', 'attest', 'standalone')

# File, subscript (both as regular expressions for the whole), reason
REASONS = [
    (r'.*', r'covh_hart_self\(\)|current_hartindex\(\)|self',
     'the calling hart'),
    (r'core/fence\.c|hart/hart_ops\.c', r'h',
     'a loop over harts in the callers, or the calling hart'),
    (r'core/attest\.c', r'i|run->pc',
     'a context, whose number only the TSM knows'),
    (r'hart/dice\.c', r'handover\.platform_state|n', 'cold boot'),
    (r'core/(fence|window)\.c', r'(parts|out)->n',
     'counts what the function appends'),
    (r'core/guest_smp\.c', r'__builtin_ctzll\(set\)',
     'a bit number of a 64-bit set, of 64 vCPUs'),
    (r'core/page\.c', r'from|want', 'constants of the callers'),
    (r'core/page\.c', r'nbanks', 'cold boot'),
    (r'core/pmpview\.c', r'i|best|own', 'entries, found by loops'),
    (r'core/region\.c', r'(i|mid|lo|hi|m|--lo|hi\+\+|m\+\+|i\+\+)( - 1)?|'
     r'i \+ n - t->n|lo \+ i',
     'from a binary search, which a number cannot lead out of the table'),
    (r'core/tvm\.c', r'slots\.(slot\[.*\]|n\+\+)|--slots\.n|slots\.slot\[.*',
     'the stack of free slots'),
    (r'core/(tvm_block|vcpu)\.c', r'(ver|t->tver|run->tver) & 1', 'one bit'),
    (r'hart/(fdt|place)\.c',
     r'(--)?(covh_ndeny|navoid|covh_nloaded|covh_nram)(\+\+)?', 'cold boot'),
    (r'hart/fdt_cpus\.c', r'n|len - 1', 'cold boot: within a string'),
    (r'attest/sha512_alt\.c', r'covh_sha512_kind', 'what cold boot chose'),
    (r'hart/pmp\.c', r'reg \* CFG_PER_REG \+ i|i|d|--covh_ndeny',
     'PMP entries, counted by loops'),
    (r'hart/previous\.c', r'i\+\+', 'bytes of a page, counted'),
    (r'trampoline/tramp\.h', r'c->(handler|cause)',
     'a constant of the callers; a cause that the hart has set'),
    (r'standalone/.*', r'i', 'a constant of the callers'),
]

# Functions in which a number from outside is made a place, each with a mask
MUST = {
    'core/tvm_priv.h': ['covh_tvm_find'],       # guest id
    'core/vcpu.c': ['covh_tvm_vcpu'],           # vCPU id
    'core/page.c': ['records', 'clip'],         # page number
    'ecall/ecall_covh.c': ['find'],             # function number
    'core/attest.c': ['covh_guest_extend'],     # register number
    'trampoline/covg.c': ['read_measurement'],  # register number
}

NOSPEC = 'covh_index_nospec('


def code_of(path):
    """The file without comments and strings, as long as before."""
    text = path.read_text()

    def blank(m):
        return re.sub(r'[^\n]', ' ', m[0])

    text = re.sub(r'/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', blank, text)


def functions(text):
    """Name and text (arguments and body) of each function."""
    depth = start = 0
    for m in re.finditer(r'[{}]', text):
        if m[0] == '{':
            if not depth:
                start = m.start()
            depth += 1
            continue
        depth -= 1
        head = text[:start].rstrip()
        if depth or not head.endswith(')'):
            continue
        level, i = 0, len(head)
        while True:
            i -= 1
            level += (head[i] == ')') - (head[i] == '(')
            if not level:
                break
        name = re.search(r'(\w+)\s*$', head[:i])
        if name:
            yield name[1], head[i:] + text[start:m.end()]


def subscripts(body):
    """What stands in [ ] behind something, also inside of another one."""
    for m in re.finditer(r'[\w\])]\s*\[', body):
        level, i = 1, m.end()
        while level:
            level += (body[i] == '[') - (body[i] == ']')
            i += 1
        yield ' '.join(body[m.end():i - 1].split())


def counted(body):
    """Variables that a for loop of the function bounds and steps."""
    names = set()
    for m in re.finditer(r'\bfor \(([^;]*);([^;]*);', body):
        level, i = 1, m.end()
        while level:
            level += (body[i] == '(') - (body[i] == ')')
            i += 1
        step = re.findall(r'(\w+)(?:\+\+|--| [-+]= | = )|(?:\+\+|--)(\w+)',
                          body[m.end():i])
        stepped = {a or b for a, b in step}
        stepped |= set(re.findall(r'(\w+)--', m[2]))
        names |= stepped & set(re.findall(r'\w+', m[2]))
    return names


def harmless(expr, body):
    """A constant, masked, or counted."""
    names = set(re.findall(r'\b[a-z_]\w*\b', expr))
    if not names or NOSPEC in expr:
        return True
    masked = {n for n in names if f'{n} = {NOSPEC}' in body}
    return names <= masked | counted(body)


def check():
    errors, used, seen = [], set(), 0
    for path in sorted(p for d in DIRS for p in (COVH / d).glob('*.[ch]')):
        name = str(path.relative_to(COVH))
        found = {}
        for func, body in functions(code_of(path)):
            found[func] = body
            for expr in subscripts(body):
                seen += 1
                if harmless(expr, body):
                    continue
                why = [i for i, (f, e, _) in enumerate(REASONS)
                       if re.fullmatch(f, name) and re.fullmatch(e, expr)]
                used.update(why)
                if not why:
                    errors.append(f'{name}: {func}(): [{expr}] is not masked')
        for func in MUST.get(name, []):
            if NOSPEC not in found.get(func, ''):
                errors.append(f'{name}: {func}() masks nothing')
    errors += [f'{REASONS[i][:2]} is in no source'
               for i in range(len(REASONS)) if i not in used]
    return errors, seen


def compiled(body):
    """What the target's compiler makes of a function of i and n."""
    cross = os.environ.get('CROSS_COMPILE') or 'riscv64-linux-gnu-'
    out = subprocess.run(
        [cross + 'gcc', '-O2', '-ffreestanding', '-S', '-o', '-', '-x', 'c', '-',
         '-I', str(COVH / 'core')],
        input='#include "shim.h"\nu64 f(u64 i, u64 n) { %s }\n' % body,
        text=True, check=True, stdout=subprocess.PIPE).stdout
    return re.search(r'^f:\n(.*?)^\s*\.size', out, re.M | re.S)[1]


def bad_masks():
    """The mask has no branch, and is there although i was checked before."""
    code = compiled('return covh_index_nospec(i, n);').replace('jr\tra', '')
    bad = ['the mask has a branch: ' + b for b in
           re.findall(r'^\s*(b\w+|j\w*|call)\s', code, re.M)]
    code = compiled('return i < 64 ? covh_index_nospec(i, 64) : n;')
    if not re.search(r'^\s*srai\s', code, re.M):
        bad.append('behind a check there is no mask')
    return bad


def main():
    errors, seen = check()
    if seen < 100:
        errors.append(f'only {seen} subscripts found')
    errors += bad_masks()
    for e in errors:
        print(f'FAIL index: {e}')
    if not errors:
        print(f'PASS index: {seen} subscripts')
    return bool(errors)


sys.exit(main())
