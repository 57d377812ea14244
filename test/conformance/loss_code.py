"""Runs the copied code of every loss variant under Keras and PyTorch: loss_code.py CODES.json PYTHONS [ID-PART...]

Values to 1e-5 relative (1e-6 where they are small), gradients with respect to the logits to 1e-4 of the largest; float32.
"""
import json
import os
import subprocess
import sys

import numpy as np

VALUE, GRADIENT = 1e-5, 1e-4
LOST = 1e-23  # what makes gradients this small underflows in float32 (weights of 1e20): not compared


def function_of(code, arguments):
    """The one function of the module that takes the loss's arguments."""
    module = {}
    exec(compile(code, "loss.py", "exec"), module)
    found = [f for f in module.values() if callable(f) and getattr(f, "__code__", None) is not None and f.__code__.co_varnames[: f.__code__.co_argcount] == arguments]
    assert len(found) == 1, f"{len(found)} functions take {arguments}"
    return found[0]


def in_torch(code, logits, labels, _):
    import torch

    loss = function_of(code, ("logits", "labels"))
    z = torch.tensor(logits, dtype=torch.float32, requires_grad=True)
    value = loss(z, torch.tensor(labels))
    assert value.shape == (), value.shape
    value.backward()
    return value.item(), z.grad.numpy()


def in_keras(code, logits, labels, first):
    import keras

    loss = function_of(code, ("y_true", "y_pred"))
    classes = logits.shape[1]
    z = np.moveaxis(logits, 1, -1).astype("float32")
    y = np.eye(classes, dtype="float32")[labels]
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        def both(y, z):
            with tf.GradientTape() as tape:
                tape.watch(z)
                value = loss(y, z)
            return value, tape.gradient(value, z)

        value, gradient = both(tf.constant(y), tf.constant(z))
        assert value.shape == (), value.shape
    if backend == "tensorflow" and first:  # in graph mode too, with shapes that are not known beforehand, as fit has them
        symbolic = tf.function(both, autograph=False, input_signature=[tf.TensorSpec([None] * (z.ndim - 1) + [classes], tf.float32)] * 2)
        again, _ = symbolic(tf.constant(y), tf.constant(z))
        np.testing.assert_allclose(again, value, rtol=1e-5, atol=1e-7)
    if backend == "torch":
        import torch

        given = torch.tensor(z, requires_grad=True)
        value = loss(torch.tensor(y), given)
        value.backward()
        gradient, value = given.grad.numpy(), value.item()
    if backend == "jax":
        import jax

        value, gradient = jax.jit(jax.value_and_grad(lambda z: loss(y, z)))(z)
    return float(value), np.moveaxis(np.asarray(gradient), -1, 1)


def worker(path, framework, only):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    inputs = {i["name"]: (np.array(i["logits"]).reshape(i["shape"]), np.array(i["labels"]).reshape([i["shape"][0], *i["shape"][2:]])) for i in data["inputs"]}
    passed, failed, losses, worst = 0, 0, set(), [0.0, 0.0]
    for case in data["cases"]:
        if only and not any(part in case["id"] for part in only):
            continue
        losses.add(case["id"])
        for at, wanted in enumerate(case["expected"]):
            logits, labels = inputs[wanted["input"]]
            name = f"{framework}  {case['id']}  {wanted['input']}"
            try:
                run = in_torch if framework == "pytorch" else in_keras
                value, gradient = run(case["pytorch" if framework == "pytorch" else "keras"], logits, labels, at == 0)
            except Exception as error:  # whatever the code does, the other losses are still run
                print(f"FAILED  {name}: {type(error).__name__}: {error}")
                failed += 1
                continue
            complaint = compared(value, gradient, wanted, worst)
            if complaint is None:
                passed += 1
            else:
                print(f"FAILED  {name}: {complaint} (by {wanted['of']})")
                failed += 1
    print(f"{framework}: {len(losses)} losses, {passed} values with gradients as they must be (off by at most {worst[0]:.1e} and {worst[1]:.1e}), {failed} not")
    sys.exit(1 if failed > 0 or passed == 0 else 0)


def compared(value, gradient, wanted, worst):
    if wanted["value"] == "NaN":
        return None if not np.isfinite(value) else f"{value}, and no number is right"
    off = abs(value - wanted["value"]) / max(abs(wanted["value"]), 0.1)
    if not off <= VALUE:
        return f"value {value}, not {wanted['value']}"
    worst[0] = max(worst[0], off)
    if "NaN" in wanted["gradient"]:
        return None
    right = np.array(wanted["gradient"]).reshape(gradient.shape)
    largest = np.abs(right).max()
    off = np.abs(gradient - right).max()
    if not off <= GRADIENT * largest + LOST:
        return f"gradient off by {off:.2e}, the largest is {largest:.2e}"
    worst[1] = max(worst[1], off / largest if largest > LOST / GRADIENT else 0.0)
    return None


def main():
    path, pythons, only = sys.argv[1], sys.argv[2].split(os.pathsep), sys.argv[3:]
    bad, missing = 0, []
    for framework, module in [("pytorch", "torch"), ("keras on tensorflow", "tensorflow"), ("keras on torch", "torch"), ("keras on jax", "jax")]:
        needed = {module} | ({"keras"} if framework.startswith("keras") else set())
        python = next((p for p in pythons if has(p, needed)), None)
        if python is None:
            missing.append(framework)
            continue
        environment = {**os.environ, "KERAS_BACKEND": module}
        bad += subprocess.run([python, __file__, "--worker", path, framework, *only], env=environment).returncode != 0
    if missing:
        print(f"not run: {', '.join(missing)} (no interpreter has it)")
    sys.exit(1 if bad > 0 or len(missing) == 4 else 0)


def has(python, modules):
    test = "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in sys.argv[1:]))"
    return subprocess.run([python, "-c", test, *sorted(modules)]).returncode == 0


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        worker(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        main()
