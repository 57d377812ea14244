"""Runs a loss under Keras, PyTorch or JAX: values and gradients with respect to the logits, channels last."""
import inspect
import os

import numpy as np

from case import TRUTH


class Anything:
    """What a snippet's undefined names stand for: takes any call and attribute."""

    def __call__(self, *args, **named):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self


def load(case, code, path):
    """The loss of a fixed snippet; `path`: a file that holds its code (tf.function reads it again)."""
    names = {"__name__": "snippet", "model": Anything()}
    exec(compile(case.before, "before", "exec"), names)
    exec(compile(code, path, "exec"), names)
    if not case.run:
        return None
    found = eval(case.call, names)
    return found(**case.make) if inspect.isclass(found) else found


def labels_of(case, t):
    return t.argmax(-1) if case.labels == "indices" else t


def keras_runs(loss, case, t, z, whole):
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras
    import tensorflow as tf

    # Every case has functions of its own: they are traced anew.
    tf.get_logger().setLevel("ERROR")
    activate = (lambda x: x) if case.predictions == "logits" else (tf.sigmoid if case.classes == 1 else tf.nn.softmax)
    y = tf.constant(labels_of(case, t), tf.float32)

    def step(logits):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            value = tf.reduce_mean(loss(y, activate(logits)))
        return value, tape.gradient(value, logits)

    logits = tf.constant(z, tf.float32)
    out = {}
    for name, run in (("eager", step), ("tf.function", tf.function(step))):
        value, gradient = run(logits)
        out[name] = (float(value), None if gradient is None else np.array(gradient, dtype="float64"))
    if not whole:
        return out
    # A network whose output is its input: a convolution by 1 with the identity.
    layer = (keras.layers.Conv2D if case.space == 2 else keras.layers.Conv3D)(case.classes, 1, use_bias=False, activation=None if case.predictions == "logits" else "sigmoid" if case.classes == 1 else "softmax")
    network = keras.Sequential([keras.Input(z.shape[1:]), layer])
    layer.set_weights([np.eye(case.classes, dtype="float32").reshape((1,) * case.space + (case.classes, case.classes))])
    network.compile(optimizer=keras.optimizers.SGD(1e-3), loss=loss, jit_compile=False)
    x = z.astype("float32")
    target = labels_of(case, t).astype("float32")
    out["evaluate"] = (float(network.evaluate(x, target, batch_size=len(x), verbose=0)), None)
    out["fit"] = (float(network.fit(x, target, batch_size=len(x), epochs=1, verbose=0).history["loss"][0]), None)
    if not np.isfinite(layer.get_weights()[0]).all():
        raise AssertionError("weights are not finite after a step")
    return out


def torch_runs(loss, case, t, z, whole):
    import torch

    first = next(iter(inspect.signature(loss.forward if isinstance(loss, torch.nn.Module) else loss).parameters), "")
    out = {}
    for dtype in (torch.float32, torch.float64):
        logits = torch.tensor(np.moveaxis(z, -1, 1).copy(), dtype=dtype, requires_grad=True)
        given = logits if case.predictions == "logits" else torch.sigmoid(logits) if case.classes == 1 else torch.softmax(logits, 1)
        labels = torch.tensor(t.argmax(-1)) if case.labels == "indices" else torch.tensor(np.moveaxis(t, -1, 1).copy(), dtype=dtype)
        value = (loss(labels, given) if first in TRUTH else loss(given, labels)).mean()
        value.backward()
        gradient = None if logits.grad is None else np.moveaxis(logits.grad.numpy().astype("float64"), 1, -1)
        out[str(dtype).split(".")[-1]] = (float(value.detach()), gradient)
    return out


def jax_runs(loss, case, t, z, whole):
    import jax
    import jax.numpy as jnp

    first = next(iter(inspect.signature(loss).parameters), "")
    y = jnp.asarray(labels_of(case, t), dtype="int32" if case.labels == "indices" else "float32")

    def value_of(logits):
        given = logits if case.predictions == "logits" else jax.nn.sigmoid(logits) if case.classes == 1 else jax.nn.softmax(logits)
        return jnp.mean(loss(y, given) if first in TRUTH else loss(given, y))

    out = {}
    for name, run in (("plain", jax.value_and_grad(value_of)), ("jit", jax.jit(jax.value_and_grad(value_of)))):
        value, gradient = run(jnp.asarray(z, dtype="float32"))
        out[name] = (float(value), np.array(gradient, dtype="float64"))
    return out


RUNS = {"keras": keras_runs, "torch": torch_runs, "jax": jax_runs}
NEEDS = {"keras": ("keras", "tensorflow"), "torch": ("torch",), "jax": ("jax",)}
