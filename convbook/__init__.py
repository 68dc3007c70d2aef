"""Helper package of the course: data, operations, training, figures and exercise checks."""

import os

# TensorFlow reads these when it is imported, so import convbook first.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # errors only: no start-up messages on a page
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
