#!/usr/bin/env python3
"""Writes exact_formulas.inc, what staff_formulas_test.cc compares the formulas with.

Everything is computed in fractions, or in decimals of hundreds of digits where there is an exponential or a million
of servers, from the states of the queue and not from the formulas that the program uses.
"""

import decimal
from decimal import Decimal
from fractions import Fraction
from math import factorial

decimal.getcontext().prec = 400


def erlang_b(servers, load):
    """By its definition: a^n / n! over the sum of a^k / k!."""
    return (load**servers / factorial(servers)) / sum(load**k / Fraction(factorial(k)) for k in range(servers + 1))


def erlang_c(servers, load):
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / Fraction(factorial(k)) for k in range(servers)) + last)


def decimal_of(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def erlang_a(servers, rate, service, patience, limit):
    """P(wait), mean wait, P(wait > limit), P(served within limit), P(abandons), from the states of the queue."""
    services, leaves = servers / service, 1 / patience
    states = [(rate * service) ** k / factorial(k) for k in range(servers)]
    waiting = []  # of them, those in which a caller has to wait, behind so many others
    state = states[-1] * rate / services
    while not waiting or state > waiting[0] * Fraction(1, 10**30):
        waiting.append(state)
        state = state * rate / (services + len(waiting) * leaves)
    total = decimal_of(sum(states) + sum(waiting))
    over = served = Decimal(0)
    for ahead, state in enumerate(waiting):
        # Behind so many the wait ends with the last of a row of exponential times with these rates.
        rates = [services + i * leaves for i in range(ahead + 1)]
        for own in rates:
            part = Fraction(1)
            for other in rates:
                if other != own:
                    part *= other / (other - own)
            stays = decimal_of(-(own + leaves) * limit).exp()
            over += decimal_of(state * part) * stays
            served += decimal_of(state * part * own / (own + leaves)) * (1 - stays)
    p_wait = decimal_of(sum(waiting)) / total
    leaving = decimal_of(sum(k * leaves * state for k, state in enumerate(waiting))) / total
    abandons = leaving / decimal_of(rate)
    return p_wait, abandons * decimal_of(patience), over / total, 1 - p_wait + served / total, abandons


def text(number):
    return "%.17g" % float(number if isinstance(number, Decimal) else decimal_of(number))


def main():
    print("// Written by exact_formulas.py.")
    print("constexpr ExactErlang kErlang[] = {")
    for servers in (1, 2, 3, 5, 10, 30, 100, 250, 500):
        for part in ("1/100", "1/2", "4/5", "9/10", "99/100", "1", "3/2"):
            load = Fraction(part) * servers
            queue = text(erlang_c(servers, load)) if load < servers else "0"
            print(f"    {{{servers}, {text(load)}, {text(erlang_b(servers, load))}, {queue}}},")
    print("};")
    print("constexpr ExactErlang kMillion[] = {")
    for load in (990000, 999000, 1000000, 1100000):
        busy = Decimal(1)
        with decimal.localcontext() as context:
            context.prec = 40
            for n in range(1, 10**6 + 1):
                busy = load * busy / (n + load * busy)
        queue = 10**6 * busy / (10**6 - load + load * busy) if load < 10**6 else 0
        print(f"    {{1000000, {load}, {text(busy)}, {text(Decimal(queue))}}},")
    print("};")
    print("constexpr ExactErlangA kErlangA[] = {")
    for words in ("1 1/2 1 1 1/2", "1 2 1 1/2 1", "5 4 1 2 1/2", "5 4 1 20 1/2", "5 8 1 1 1/4", "5 8 1 1/10 1/4",
                  "20 25 1 1/2 1/10", "50 48 1 2 1/8", "100 90 1 1 1/50", "100 130 1 1/4 1/4", "10 1 1/2 1 1/10",
                  "1 1/2 1 1/5000 1/4", "1 3 1 1/50 10", "7 21 1 1/5000 1/5", "7 5 1 1/100 1/1000",
                  "50 150 1 1/5000 1/50"):
        servers, *rest = words.split()
        given = [Fraction(word) for word in rest]
        exact = erlang_a(int(servers), *given)
        print(f"    {{{servers}, {', '.join(map(text, given))},\n     {', '.join(map(text, exact))}}},")
    print("};")


if __name__ == "__main__":
    main()
