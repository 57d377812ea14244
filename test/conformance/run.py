"""Runs the cases of cases*.py: run.py FIXED.json VECTORS_FOLDER PYTHONS [RULE…]. One process for each framework."""
import glob
import hashlib
import importlib
import json
import os
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

# Single precision, and gradients by differences.
VALUE, GRADIENT = 2e-5, 2e-4


def all_cases(rules):
    files = sorted(glob.glob(os.path.join(HERE, "cases*.py")))
    found = [case for file in files for case in importlib.import_module(os.path.basename(file)[:-3]).CASES]
    return [case for case in found if not rules or case.rule in rules]


def snippet_of(case, fixed):
    own = next((f for f in fixed if f["rule"] == case.rule and f["what"] == case.what), None)
    if own is None:
        raise LookupError("there is no such snippet")
    if case.fix == "all":
        return " + ".join(own["all"]["titles"]), own["all"]["code"]
    if case.fix >= len(own["fixes"]):
        raise LookupError(f"the snippet has {len(own['fixes'])} fixes")
    chosen = own["fixes"][case.fix]
    return chosen["title"], chosen["code"]


def slopes(loss, t, z):
    """Gradient by central differences."""
    import numpy as np

    out = np.zeros_like(z)
    for at in np.ndindex(z.shape):
        up, down = z.copy(), z.copy()
        up[at] += 1e-5
        down[at] -= 1e-5
        out[at] = (np.mean(loss(t, up)) - np.mean(loss(t, down))) / 2e-5
    return out


def checked(case, code, framework, shared, folder):
    """Largest difference from the reference, and how many runs there were."""
    import numpy as np

    import frameworks
    import inputs

    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{case.rule}_{hashlib.sha1(code.encode()).hexdigest()[:8]}.py")
    with open(path, "w", encoding="utf-8") as out:
        out.write(code)
    loss = frameworks.load(case, code, path)
    if not case.run:
        return 0.0, 1
    worst, runs = 0.0, 0
    for name in case.inputs:
        for key, t, z, vector in inputs.of(name, case, shared):
            # Training is slow: on our own inputs, not on the fixtures too.
            whole = name in ("made", "absent")
            wanted = float(np.mean(case.reference(t, z)))
            gradient = slopes(case.reference, t, z) if case.gradient else None
            others = [("reference", wanted, gradient)]
            if vector is not None:
                others.append((case.vectors, *vector))
            for how, (value, own) in frameworks.RUNS[framework](loss, case, t, z, whole).items():
                runs += 1
                if own is not None and not np.isfinite(own).all():
                    raise AssertionError(f"{key}, {how}: the gradient is not finite")
                for source, number, slope in others:
                    off = abs(value - number) / max(1.0, abs(number))
                    worst = max(worst, off)
                    if not off <= VALUE:
                        raise AssertionError(f"{key}, {how}: {value} in place of {number} ({source})")
                    if own is None or slope is None:
                        continue
                    off = float(np.abs(own - slope).max() / max(np.abs(slope).max(), 1e-6))
                    if not off <= GRADIENT * (5 if source != "reference" else 1):
                        raise AssertionError(f"{key}, {how}: gradient off by {off:.1e} of its largest ({source})")
    return worst, runs


def worker(framework, file, shared, rules):
    with open(file, encoding="utf-8") as source:
        fixed = json.load(source)
    failed = 0
    passed = 0
    for case in all_cases(rules):
        label = f"{case.rule}: {case.what}"
        try:
            title, code = snippet_of(case, fixed)
        except LookupError as error:
            # Told once, by the first of the processes.
            if os.environ.get("CONFORMANCE_FIRST") == "1":
                print(f"FAILED  {label}: {error}")
                failed += 1
            continue
        if case.framework_of(code) != framework:
            continue
        try:
            worst, runs = checked(case, code, framework, shared, os.path.join(os.path.dirname(file), "code"))
            print(f"ok      {label} [{title}]: {framework}, {runs} runs, off by {worst:.1e} at most", flush=True)
            passed += 1
        except Exception as error:  # a loss that cannot be run is a result as well
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"FAILED  {label} [{title}]: {framework}: {type(error).__name__}: {str(error)[:300]} ({where.name}: {where.line})\n{code}", flush=True)
            failed += 1
    print(f"@ {passed} {failed}", flush=True)


def has(python, modules):
    code = f"import importlib.util as u, sys; sys.exit(0 if all(u.find_spec(m) for m in {modules!r}) else 1)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def main():
    file, shared, pythons, *rules = sys.argv[1:]
    import frameworks

    passed = failed = 0
    missing = []
    first = "1"
    for framework, modules in frameworks.NEEDS.items():
        python = next((p for p in pythons.split(os.pathsep) if has(p, modules)), None)
        if python is None:
            missing.append(framework)
            continue
        env = {**os.environ, "CONFORMANCE_FIRST": first}
        first = "0"
        ran = subprocess.Popen([python, os.path.abspath(__file__), "--worker", framework, file, shared, *rules], stdout=subprocess.PIPE, text=True, env=env)
        done = False
        for line in ran.stdout:
            if line.startswith("@ "):
                counts = line.split()
                passed += int(counts[1])
                failed += int(counts[2])
                done = True
            else:
                print(line, end="", flush=True)
        if ran.wait() != 0 or not done:
            print(f"FAILED  {framework}: the process ended with {ran.returncode}")
            failed += 1
    if missing:
        print(f"not run: {', '.join(missing)} (no interpreter has it)")
    print(f"conformance: {passed} fixed losses equal their reference, {failed} failed")
    sys.exit(1 if failed > 0 or passed == 0 else 0)


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        worker(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
    else:
        main()
