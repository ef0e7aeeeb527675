import onnxProto from 'onnx-proto';
import type { DecisionTree, TreeEnsemble } from '../../core/training/tree-ensemble.ts';

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;
const { AttributeType } = AttributeProto;

/** Names in the graphs Ares writes; those of LightGBM models converted by onnxmltools. */
export const INPUT_NAME = 'input';
const LABEL_NAME = 'label';
export const OUTPUT_NAME = 'probabilities';

/**
 * Writes trees as an ONNX model, the same bytes for the same trees.
 *
 * Input `input` float32 [N, features]; outputs `label` int64 [N] and `probabilities` float32 [N, 2], column 1 being the target's.
 * One operator, TreeEnsembleClassifier of ai.onnx.ml 1: it is run as one kernel, and a row costs no more than its comparisons.
 */
export function writeOnnx(ensemble: TreeEnsemble): Uint8Array {
  const { trees, baseValue } = withNegativeLeaf(ensemble);
  return ModelProto.encode({
    irVersion: 8,
    producerName: 'ares',
    opsetImport: [
      { domain: '', version: 15 },
      { domain: 'ai.onnx.ml', version: 1 },
    ],
    graph: {
      name: 'boosted_trees',
      node: [
        {
          domain: 'ai.onnx.ml',
          opType: 'TreeEnsembleClassifier',
          name: 'trees',
          input: [INPUT_NAME],
          output: [LABEL_NAME, OUTPUT_NAME],
          attribute: attributesOf(trees, baseValue),
        },
      ],
      input: [tensor(INPUT_NAME, TensorProto.DataType.FLOAT, [{ dimParam: 'N' }, { dimValue: ensemble.featureCount }])],
      output: [
        tensor(LABEL_NAME, TensorProto.DataType.INT64, [{ dimParam: 'N' }]),
        tensor(OUTPUT_NAME, TensorProto.DataType.FLOAT, [{ dimParam: 'N' }, { dimValue: 2 }]),
      ],
    },
  }).finish();
}

/** ONNX Runtime takes scores for probabilities when no leaf is negative: then a tree of one leaf lowers the score by 1 and the base value makes up for it. */
function withNegativeLeaf({ trees, baseScore }: TreeEnsemble): { trees: readonly DecisionTree[]; baseValue: number } {
  const negative = trees.some((tree) => tree.value.some((value, node) => tree.left[node] === -1 && value < 0));
  if (negative) return { trees, baseValue: baseScore };
  const leaf: DecisionTree = {
    feature: Int32Array.of(0),
    threshold: Float32Array.of(0),
    left: Int32Array.of(-1),
    right: Int32Array.of(-1),
    value: Float32Array.of(-1),
  };
  return { trees: [...trees, leaf], baseValue: baseScore + 1 };
}

function attributesOf(trees: readonly DecisionTree[], baseValue: number): onnxProto.onnx.IAttributeProto[] {
  const text = new TextEncoder();
  const ints = (name: string, values: number[]) => ({ name, type: AttributeType.INTS, ints: values });
  const floats = (name: string, values: number[]) => ({ name, type: AttributeType.FLOATS, floats: values });
  const nodes = trees.flatMap((tree, treeId) =>
    Array.from(tree.left, (left, node) => ({ tree, treeId, node, branch: left >= 0 })),
  );
  const leaves = nodes.filter(({ branch }) => !branch);
  return [
    floats('base_values', [baseValue]),
    ints(
      'class_ids',
      leaves.map(() => 0),
    ),
    ints(
      'class_nodeids',
      leaves.map(({ node }) => node),
    ),
    ints(
      'class_treeids',
      leaves.map(({ treeId }) => treeId),
    ),
    floats(
      'class_weights',
      leaves.map(({ tree, node }) => tree.value[node] as number),
    ),
    ints('classlabels_int64s', [0, 1]),
    ints(
      'nodes_falsenodeids',
      nodes.map(({ tree, node, branch }) => (branch ? (tree.right[node] as number) : 0)),
    ),
    ints(
      'nodes_featureids',
      nodes.map(({ tree, node }) => tree.feature[node] as number),
    ),
    {
      name: 'nodes_modes',
      type: AttributeType.STRINGS,
      strings: nodes.map(({ branch }) => text.encode(branch ? 'BRANCH_LEQ' : 'LEAF')),
    },
    ints(
      'nodes_nodeids',
      nodes.map(({ node }) => node),
    ),
    ints(
      'nodes_treeids',
      nodes.map(({ treeId }) => treeId),
    ),
    ints(
      'nodes_truenodeids',
      nodes.map(({ tree, node, branch }) => (branch ? (tree.left[node] as number) : 0)),
    ),
    floats(
      'nodes_values',
      nodes.map(({ tree, node }) => tree.threshold[node] as number),
    ),
    { name: 'post_transform', type: AttributeType.STRING, s: text.encode('LOGISTIC') },
  ];
}

function tensor(
  name: string,
  elemType: number,
  dim: onnxProto.onnx.TensorShapeProto.IDimension[],
): onnxProto.onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
