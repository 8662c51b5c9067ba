"""Logistic regression by scikit-learn: regression.py <folder> <columns> <lambda>. Prints what it found as JSON."""

import json
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

folder, columns, regularization = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])


def read(name):
    values = np.fromfile(f"{folder}/{name}.values", dtype=np.float64).reshape(-1, columns)
    return values, np.fromfile(f"{folder}/{name}.labels", dtype=np.uint8)


values, labels = read("regression-train")
test_values, test_labels = read("regression-test")
cpu = time.process_time()
model = LogisticRegression(C=1 / regularization, tol=1e-10, max_iter=10_000).fit(values, labels)
cpu = time.process_time() - cpu
print(json.dumps({
    "intercept": model.intercept_[0], "weights": list(model.coef_[0]), "cpuSeconds": cpu,
    "logLoss": log_loss(test_labels, model.predict_proba(test_values)),
}))
