"""Data sets that come with scikit-learn and with R's packages, as two classes, and what the peers make of them.

public_sets.py export <folder>: writes values and labels, prints what there is.
public_sets.py score <folder>:  reads the orders that were written meanwhile, prints the areas under curve by peer.
"""

import json
import subprocess
import sys

import numpy as np
from sklearn import datasets
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

action, folder = sys.argv[1:3]

# Package, data set, what is to be told apart, and the columns that tell it at once.
OF_R = {
    "diamonds: ideal cut": ("ggplot2", "diamonds", 'cut == "Ideal"', ["cut"]),
    "CPS 1988: wage above the median": ("AER", "CPS1988", "wage > median(wage)", ["wage"]),
    "CPS 1992-2004: earnings above the median": ("AER", "CPSSW8", "earnings > median(earnings)", ["earnings"]),
    "census 1980: more than two children": ("AER", "Fertility", 'morekids == "yes"', ["morekids"]),
    "lectures: rated 4 or 5": ("lme4", "InstEval", "y >= 4", ["y"]),
    "vocabulary: more than six words of ten": ("carData", "Vocab", "vocabulary > 6", ["vocabulary"]),
}


def load():
    return {**of_scikit(), **{name: of_r(*source) for name, source in OF_R.items()}}


def of_r(package, name, label, told_by):
    """Categories become whole numbers, for everybody alike."""
    columns = ", ".join(f'"{column}"' for column in told_by)
    script = f"""
        rows <- get(data(list = "{name}", package = "{package}"))
        label <- as.integer(with(rows, {label}))
        values <- data.matrix(rows[, setdiff(names(rows), c({columns}))])
        write.table(cbind(label, values), row.names = FALSE, col.names = FALSE)"""
    printed = subprocess.run(["Rscript", "-e", script], check=True, capture_output=True, text=True).stdout
    table = np.array([line.split() for line in printed.splitlines()], dtype=np.float64)
    return table[:, 1:], table[:, 0] == 1


def of_scikit():
    cancer, digits, wine = datasets.load_breast_cancer(), datasets.load_digits(), datasets.load_wine()
    diabetes, iris = datasets.load_diabetes(scaled=False), datasets.load_iris()
    return {
        "breast cancer: benign": (cancer.data, cancer.target == 1),
        "digits: odd": (digits.data, digits.target % 2 == 1),
        "digits: 5 and more": (digits.data, digits.target >= 5),
        "diabetes: above the median": (diabetes.data, diabetes.target > np.median(diabetes.target)),
        "wine: second cultivar": (wine.data, wine.target == 1),
        "iris: versicolor": (iris.data, iris.target == 1),
    }


PEERS = {
    "HistGradientBoosting": lambda seed: HistGradientBoostingClassifier(random_state=seed),
    "XGBoost": lambda seed: XGBClassifier(n_jobs=1, random_state=seed),
    "LogisticRegression": lambda seed: make_pipeline(StandardScaler(), LogisticRegression(max_iter=10_000)),
}


def file(index, kind):
    return f"{folder}/set-{index}.{kind}"


def export():
    for i, (values, labels) in enumerate(load().values()):
        np.ascontiguousarray(values, dtype=np.float64).tofile(file(i, "values"))
        labels.astype(np.uint8).tofile(file(i, "labels"))
    return [{"name": name, "rows": len(y), "columns": x.shape[1]} for name, (x, y) in load().items()]


def score_set(index, values, labels, peer):
    orders = np.fromfile(file(index, "orders"), dtype=np.uint32).reshape(-1, len(labels))
    return [score(PEERS[peer](seed), values[order], labels[order]) for seed, order in enumerate(orders)]


def score(model, values, labels):
    trained = int(len(labels) * 0.7)
    model.fit(values[:trained], labels[:trained])
    return roc_auc_score(labels[trained:], model.predict_proba(values[trained:])[:, 1])


def score_all():
    sets = enumerate(load().values())
    return [{peer: score_set(i, values, labels.astype(int), peer) for peer in PEERS} for i, (values, labels) in sets]


print(json.dumps(export() if action == "export" else score_all()))
