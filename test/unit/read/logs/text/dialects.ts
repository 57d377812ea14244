/** Ways in which training loops print: as the projects named beside them do, with the series that they hold. */

export interface Dialect {
  readonly name: string;
  readonly text: string;
  /** Tag → points, in any order. */
  readonly series: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  /** Tags whose steps are iterations; the others' are epochs. */
  readonly iterations?: readonly string[];
  readonly restarts?: number;
}

/** Epochs 1, 2, … (or from `first`), with the given values. */
const by = (first: number, ...values: number[]): [number, number][] => values.map((value, i) => [first + i, value]);
const bar = (at: number, of: number): string => `${Math.floor((100 * at) / of)}%|${"█".repeat(Math.floor((10 * at) / of))}${" ".repeat(10 - Math.floor((10 * at) / of))}| ${at}/${of}`;

export const DIALECTS: readonly Dialect[] = [
  {
    name: "PyTorch transfer learning tutorial",
    text: "Epoch 0/24\n----------\ntrain Loss: 0.6123 Acc: 0.6844\nval Loss: 0.2437 Acc: 0.9020\n\nEpoch 1/24\n----------\ntrain Loss: 0.4321 Acc: 0.8033\nval Loss: 0.3211 Acc: 0.8562\n\nTraining complete in 1m 47s\nBest val Acc: 0.954248\n",
    series: { "train Loss": by(0, 0.6123, 0.4321), "train Acc": by(0, 0.6844, 0.8033), "val Loss": by(0, 0.2437, 0.3211), "val Acc": by(0, 0.902, 0.8562) },
  },
  {
    name: "PyTorch MNIST example",
    text: "Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.300039\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 2.213470\n\nTest set: Average loss: 0.0468, Accuracy: 9844/10000 (98%)\n\nTrain Epoch: 2 [0/60000 (0%)]\tLoss: 0.135207\nTrain Epoch: 2 [640/60000 (1%)]\tLoss: 0.021333\n\nTest set: Average loss: 0.0350, Accuracy: 9886/10000 (99%)\n\n",
    series: { "train Loss": [[0, 2.300039], [640, 2.21347], [60000, 0.135207], [60640, 0.021333]], "test Average loss": by(1, 0.0468, 0.035) },
    iterations: ["train Loss"],
  },
  {
    name: "PyTorch CIFAR tutorial",
    text: "[1,  2000] loss: 2.187\n[1,  4000] loss: 1.845\n[2,  2000] loss: 1.390\n[2,  4000] loss: 1.361\nFinished Training\n",
    series: { loss: [[2000, 2.187], [4000, 1.845], [6000, 1.39], [8000, 1.361]] },
    iterations: ["loss"],
  },
  {
    name: "PyTorch ImageNet example",
    text: "Epoch: [0][  1/391]\tTime  0.510 ( 0.510)\tData  0.312 ( 0.312)\tLoss 6.9876e+00 (6.9876e+00)\tAcc@1   0.00 (  0.00)\tAcc@5   1.56 (  1.56)\nEpoch: [0][ 11/391]\tTime  0.110 ( 0.150)\tData  0.012 ( 0.042)\tLoss 6.5000e+00 (6.7000e+00)\tAcc@1   1.00 (  0.50)\tAcc@5   2.00 (  1.80)\n *   Acc@1 10.123 Acc@5 28.000\nEpoch: [1][  1/391]\tTime  0.510 ( 0.510)\tData  0.312 ( 0.312)\tLoss 5.0000e+00 (5.0000e+00)\tAcc@1   9.00 (  9.00)\tAcc@5   20.00 (  20.00)\n *   Acc@1 20.500 Acc@5 44.000\n",
    series: { Loss: [[1, 6.9876], [11, 6.5], [392, 5]], "Acc@1": [[1, 0], [11, 1], [392, 9]], "Acc@5": [[1, 1.56], [11, 2], [392, 20]], "Acc@1 (epoch)": by(0, 10.123, 20.5), "Acc@5 (epoch)": by(0, 28, 44) },
    iterations: ["Loss", "Acc@1", "Acc@5"],
  },
  {
    name: "DCGAN tutorial",
    text: "Starting Training Loop...\n[0/5][0/1583]\tLoss_D: 1.7415\tLoss_G: 4.8403\tD(x): 0.5224\tD(G(z)): 0.6042 / 0.0105\n[0/5][50/1583]\tLoss_D: 0.1240\tLoss_G: 9.9000\tD(x): 0.9500\tD(G(z)): 0.0400 / 0.0001\n[1/5][0/1583]\tLoss_D: 0.2000\tLoss_G: 5.5000\tD(x): 0.9000\tD(G(z)): 0.0600 / 0.0100\n",
    series: { Loss_D: [[0, 1.7415], [50, 0.124], [1583, 0.2]], Loss_G: [[0, 4.8403], [50, 9.9], [1583, 5.5]], "D(x)": [[0, 0.5224], [50, 0.95], [1583, 0.9]] },
    iterations: ["Loss_D", "Loss_G", "D(x)"],
  },
  {
    name: "one line an epoch with bars between",
    text: "Epoch 1/10 | train loss 2.0249 | val loss 1.3544 | dice 0.195\nEpoch 2/10 | train loss 0.8494 | val loss 0.4812 | dice 0.160\n",
    series: { "train loss": by(1, 2.0249, 0.8494), "val loss": by(1, 1.3544, 0.4812), dice: by(1, 0.195, 0.16) },
  },
  {
    name: "bars, a list per class, a missing class",
    text: "Epoch 3/10 | train loss 0.1234 | val_dice: [0.91, nan, 0.4]\nEpoch 4/10 | train loss 0.1 | val_dice: [0.92, 0.3, 0.5]\n",
    series: { "train loss": by(3, 0.1234, 0.1), "val_dice/0": by(3, 0.91, 0.92), "val_dice/1": by(3, NaN, 0.3), "val_dice/2": by(3, 0.4, 0.5) },
  },
  {
    name: "MONAI spleen tutorial",
    text: "----------\nepoch 1/600\n1/16, train_loss: 0.6813\n2/16, train_loss: 0.6620\nepoch 1 average loss: 0.6717\n----------\nepoch 2/600\n1/16, train_loss: 0.6101\n2/16, train_loss: 0.6002\nepoch 2 average loss: 0.6052\nsaved new best metric model\ncurrent epoch: 2 current mean dice: 0.0300\nbest mean dice: 0.0300 at epoch: 2\n----------\nepoch 3/600\nepoch 3 average loss: 0.5\ncurrent epoch: 3 current mean dice: 0.0400\nbest mean dice: 0.0400 at epoch: 3\ntrain completed, best_metric: 0.0400 at epoch: 3\n",
    series: { train_loss: [[1, 0.6813], [2, 0.662], [17, 0.6101], [18, 0.6002]], "average loss": by(1, 0.6717, 0.6052, 0.5), "mean dice": by(2, 0.03, 0.04) },
    iterations: ["train_loss"],
  },
  {
    name: "MONAI BraTS tutorial",
    text: "epoch 1/300\nepoch 1 average loss: 0.9\ncurrent epoch: 1 current mean dice: 0.20 tc: 0.15 wt: 0.30 et: 0.10\nbest mean dice: 0.20 at epoch: 1\nepoch 2/300\nepoch 2 average loss: 0.8\ncurrent epoch: 2 current mean dice: 0.25 tc: 0.20 wt: 0.35 et: 0.15\nbest mean dice: 0.25 at epoch: 2\n",
    series: { "average loss": by(1, 0.9, 0.8), "mean dice": by(1, 0.2, 0.25), tc: by(1, 0.15, 0.2), wt: by(1, 0.3, 0.35), et: by(1, 0.1, 0.15) },
  },
  {
    name: "MONAI StatsHandler over ignite's logger",
    text: "INFO:ignite.engine.engine.SupervisedTrainer:Engine run resuming from iteration 0, epoch 0 until 2 epochs\n2026-11-23 17:28:16,732 - INFO - Epoch: 1/2, Iter: 1/2 -- train_loss: 0.9877 \n2026-11-23 17:28:17,732 - INFO - Epoch: 1/2, Iter: 2/2 -- train_loss: 0.9770 \nINFO:ignite.engine.engine.SupervisedTrainer:Epoch[1] Complete. Time taken: 00:00:02.851\n2026-11-23 17:28:22,246 - INFO - Epoch[1] Metrics -- val_mean_dice: 0.1983 \n2026-11-23 17:28:22,246 - INFO - Key metric: val_mean_dice best value: 0.1983 at epoch: 1\n2026-11-23 17:28:26,732 - INFO - Epoch: 2/2, Iter: 1/2 -- train_loss: 0.8 \n2026-11-23 17:28:26,732 - INFO - Epoch: 2/2, Iter: 2/2 -- train_loss: 0.7 \n2026-11-23 17:28:32,246 - INFO - Epoch[2] Metrics -- val_mean_dice: 0.25 \n",
    series: { train_loss: by(1, 0.9877, 0.977, 0.8, 0.7), val_mean_dice: by(1, 0.1983, 0.25) },
    iterations: ["train_loss"],
  },
  {
    name: "ignite's ProgressBar and log functions",
    text: "Training Results - Epoch[1] Avg accuracy: 0.93 Avg loss: 0.22\nValidation Results - Epoch[1] Avg accuracy: 0.94 Avg loss: 0.20\nTraining Results - Epoch[2] Avg accuracy: 0.95 Avg loss: 0.15\nValidation Results - Epoch[2] Avg accuracy: 0.96 Avg loss: 0.14\n",
    series: { "training Avg accuracy": by(1, 0.93, 0.95), "training Avg loss": by(1, 0.22, 0.15), "validation Avg accuracy": by(1, 0.94, 0.96), "validation Avg loss": by(1, 0.2, 0.14) },
  },
  {
    name: "milesial Pytorch-UNet",
    text: `INFO: Starting training:\n        Epochs:          2\n        Batch size:      1\n        Learning rate:   1e-05\n        Training size:   90\n\rEpoch 1/2:   0%|          | 0/90 [00:00<?, ?img/s]\rEpoch 1/2:  50%|█████     | 45/90 [00:10<00:10,  4.50img/s, loss (batch)=1.2]\rEpoch 1/2: 100%|██████████| 90/90 [00:20<00:00,  4.50img/s, loss (batch)=1.02]\nINFO: Validation Dice score: 0.6503\nINFO: Checkpoint 1 saved!\n\rEpoch 2/2:   0%|          | 0/90 [00:00<?, ?img/s]\rEpoch 2/2: 100%|██████████| 90/90 [00:20<00:00,  4.50img/s, loss (batch)=0.71]\nINFO: Validation Dice score: 0.7211\nINFO: Checkpoint 2 saved!\n`,
    series: { "loss (batch)": by(1, 1.02, 0.71), "Validation Dice score": by(1, 0.6503, 0.7211) },
  },
  {
    name: "pytorch-3dunet",
    text: "2020-01-01 10:00:00,000 [MainThread] INFO UNetTrainer - Training iteration [1/150000]. Epoch [0/9999]\n2020-01-01 10:00:10,000 [MainThread] INFO UNetTrainer - Training stats. Loss: 1.5. Evaluation score: 0.10\n2020-01-01 10:00:20,000 [MainThread] INFO UNetTrainer - Training iteration [2/150000]. Epoch [0/9999]\n2020-01-01 10:00:30,000 [MainThread] INFO UNetTrainer - Training stats. Loss: 1.4. Evaluation score: 0.20\n",
    series: { "training Loss": by(1, 1.5, 1.4), "Evaluation score": by(1, 0.1, 0.2) },
    iterations: ["training Loss", "Evaluation score"],
  },
  {
    name: "segmentation_models.pytorch TrainEpoch",
    text: `\nEpoch: 0\n\rtrain:   0%|          | 0/12 [00:00<?, ?it/s]\rtrain: 100%|██████████| 12/12 [00:03<00:00,  3.5it/s, dice_loss - 0.3012, iou_score - 0.7012]\n\rvalid:   0%|          | 0/3 [00:00<?, ?it/s]\rvalid: 100%|██████████| 3/3 [00:01<00:00,  2.5it/s, dice_loss - 0.2812, iou_score - 0.7212]\nModel saved!\n\nEpoch: 1\n\rtrain: 100%|██████████| 12/12 [00:03<00:00,  3.5it/s, dice_loss - 0.2, iou_score - 0.8]\n\rvalid: 100%|██████████| 3/3 [00:01<00:00,  2.5it/s, dice_loss - 0.19, iou_score - 0.81]\n`,
    series: { "train dice_loss": by(0, 0.3012, 0.2), "train iou_score": by(0, 0.7012, 0.8), "valid dice_loss": by(0, 0.2812, 0.19), "valid iou_score": by(0, 0.7212, 0.81) },
  },
  {
    name: "TransUNet",
    text: "Namespace(dataset='Synapse', max_epochs=150, batch_size=24, base_lr=0.01, deterministic=1)\n[12:00:00.123] 93 iterations per epoch. 13950 max iterations \n[12:00:01.123] iteration 1 : loss : 0.913344, loss_ce: 0.871234\n[12:00:02.123] iteration 2 : loss : 0.855432, loss_ce: 0.801234\n[12:00:03.123] iteration 3 : loss : 0.801111, loss_ce: 0.751234\n",
    series: { loss: by(1, 0.913344, 0.855432, 0.801111), loss_ce: by(1, 0.871234, 0.801234, 0.751234) },
    iterations: ["loss", "loss_ce"],
  },
  {
    name: "Swin UNETR (MONAI research contributions)",
    text: "Epoch 0/300 0/64 loss: 0.9500 time 1.20s\nEpoch 0/300 1/64 loss: 0.9400 time 1.10s\nFinal training  0/300 loss: 0.9450 time 80.12s\nFinal validation  0/299 acc 0.5 time 3.1s\nEpoch 1/300 0/64 loss: 0.8500 time 1.20s\nEpoch 1/300 1/64 loss: 0.8400 time 1.10s\nFinal training  1/300 loss: 0.8450 time 80.12s\nFinal validation  1/299 acc 0.6 time 3.1s\n",
    series: { loss: [[0, 0.95], [1, 0.94], [64, 0.85], [65, 0.84]], "training loss": by(0, 0.945, 0.845), "validation acc": by(0, 0.5, 0.6) },
    iterations: ["loss"],
  },
  {
    name: "Detectron2",
    text: "[05/01 12:00:00 d2.utils.events]:  eta: 0:04:31  iter: 19  total_loss: 2.051  loss_cls: 0.731  loss_box_reg: 0.512  loss_mask: 0.692  time: 0.5123  data_time: 0.0123  lr: 0.00039962  max_mem: 3000M\n[05/01 12:00:10 d2.utils.events]:  eta: 0:04:21  iter: 39  total_loss: 1.851  loss_cls: 0.631  loss_box_reg: 0.502  loss_mask: 0.602  time: 0.5123  data_time: 0.0123  lr: 0.00079  max_mem: 3000M\n",
    series: { total_loss: [[19, 2.051], [39, 1.851]], loss_cls: [[19, 0.731], [39, 0.631]], loss_box_reg: [[19, 0.512], [39, 0.502]], loss_mask: [[19, 0.692], [39, 0.602]], lr: [[19, 0.00039962], [39, 0.00079]] },
    iterations: ["total_loss", "loss_cls", "loss_box_reg", "loss_mask", "lr"],
  },
  {
    name: "DeepLab and TF-Slim",
    text: "INFO:tensorflow:global step 10: loss = 0.5123 (0.101 sec/step)\nI0101 12:00:00.123456 140 learning.py:507] global step 20: loss = 0.4123 (0.101 sec/step)\nINFO:tensorflow:global step 30: loss = 0.4 (0.101 sec/step)\n",
    series: { loss: [[10, 0.5123], [20, 0.4123], [30, 0.4]] },
    iterations: ["loss"],
  },
  {
    name: "TF Estimator",
    text: "INFO:tensorflow:loss = 2.3025, step = 1\nINFO:tensorflow:global_step/sec: 12.3\nINFO:tensorflow:loss = 1.3025, step = 101 (8.130 sec)\nINFO:tensorflow:global_step/sec: 12.3\nINFO:tensorflow:loss = 1.1, step = 201 (8.130 sec)\n",
    series: { loss: [[1, 2.3025], [101, 1.3025], [201, 1.1]] },
    iterations: ["loss"],
  },
  {
    name: "Caffe",
    text: "I0401 12:34:56.789012  1234 solver.cpp:228] Iteration 0, loss = 0.693147\nI0401 12:34:56.789012  1234 sgd_solver.cpp:106] Iteration 0, lr = 0.001\nI0401 12:34:57.789012  1234 solver.cpp:228] Iteration 100, loss = 0.5\nI0401 12:34:57.789012  1234 sgd_solver.cpp:106] Iteration 100, lr = 0.001\nI0401 12:34:57.789012  1234 solver.cpp:330] Iteration 200, Testing net (#0)\n",
    series: { loss: [[0, 0.693147], [100, 0.5]], lr: [[0, 0.001], [100, 0.001]] },
    iterations: ["loss", "lr"],
  },
  {
    name: "fastai",
    text: "epoch     train_loss  valid_loss  dice      time    \n0         0.512345    0.412345    0.712345  00:12     \n1         0.412345    0.312345    0.812345  00:12     \n2         0.312345    0.212345    0.852345  00:12     \n",
    series: { train_loss: by(0, 0.512345, 0.412345, 0.312345), valid_loss: by(0, 0.412345, 0.312345, 0.212345), dice: by(0, 0.712345, 0.812345, 0.852345) },
  },
  {
    name: "a table after a preamble, with bars",
    text: "Using device cuda\nTotal params: 1,234,567\nepoch | train_loss | val_loss | dice\n------+------------+----------+-----\n    1 |     0.9000 |   0.8000 | 0.10\n    2 |     0.7000 |   0.6000 | 0.30\n",
    series: { train_loss: by(1, 0.9, 0.7), val_loss: by(1, 0.8, 0.6), dice: by(1, 0.1, 0.3) },
  },
  {
    name: "Ultralytics, training rows",
    text: "      Epoch    GPU_mem   box_loss   seg_loss   cls_loss  Instances       Size\n\r        1/2      3.37G      1.157      2.793      3.028         57        640: 100%|██████████| 8/8 [00:04<00:00,  1.90it/s]\n      Epoch    GPU_mem   box_loss   seg_loss   cls_loss  Instances       Size\n\r        2/2      3.37G      1.057      2.593      2.028         57        640: 100%|██████████| 8/8 [00:04<00:00,  1.90it/s]\n",
    series: { box_loss: by(1, 1.157, 1.057), seg_loss: by(1, 2.793, 2.593), cls_loss: by(1, 3.028, 2.028) },
  },
  {
    name: "Hugging Face Trainer",
    text: "{'loss': 0.6931, 'grad_norm': 1.25, 'learning_rate': 5e-05, 'epoch': 0.5}\n{'loss': 0.5, 'grad_norm': 1.15, 'learning_rate': 4e-05, 'epoch': 1.0}\n{'eval_loss': 0.45, 'eval_mean_iou': 0.3, 'eval_runtime': 1.2, 'eval_samples_per_second': 12.3, 'epoch': 1.0}\n{'loss': 0.4, 'grad_norm': 1.05, 'learning_rate': 3e-05, 'epoch': 1.5}\n{'loss': 0.3, 'grad_norm': 1.0, 'learning_rate': 2e-05, 'epoch': 2.0}\n{'eval_loss': 0.4, 'eval_mean_iou': 0.4, 'eval_runtime': 1.2, 'eval_samples_per_second': 12.3, 'epoch': 2.0}\n{'train_runtime': 12.3, 'train_samples_per_second': 100.1, 'train_loss': 0.47, 'epoch': 2.0}\n",
    series: { loss: [[0.5, 0.6931], [1, 0.5], [1.5, 0.4], [2, 0.3]], grad_norm: [[0.5, 1.25], [1, 1.15], [1.5, 1.05], [2, 1]], learning_rate: [[0.5, 5e-5], [1, 4e-5], [1.5, 3e-5], [2, 2e-5]], eval_loss: by(1, 0.45, 0.4), eval_mean_iou: by(1, 0.3, 0.4) },
  },
  {
    name: "PyTorch Lightning's bar",
    text: `\rEpoch 0:   0%|          | 0/63 [00:00<?, ?it/s]\rEpoch 0: ${bar(63, 63)} [00:01<00:00, 45.2it/s, v_num=0, train_loss=0.500]\rValidation DataLoader 0: 100%|██████████| 5/5 [00:00<00:00, 50.0it/s]\rEpoch 0: ${bar(63, 63)} [00:01<00:00, 44.2it/s, v_num=0, train_loss=0.500, val_loss=0.400]\rEpoch 1: ${bar(30, 63)} [00:01<00:00, 45.2it/s, v_num=0, train_loss=0.300, val_loss=0.400]\rEpoch 1: ${bar(63, 63)} [00:01<00:00, 45.2it/s, v_num=0, train_loss=0.250, val_loss=0.400]\rEpoch 1: ${bar(63, 63)} [00:01<00:00, 44.2it/s, v_num=0, train_loss=0.250, val_loss=0.350]\n\`Trainer.fit\` stopped: \`max_epochs=2\` reached.\n`,
    series: { train_loss: by(0, 0.5, 0.25), val_loss: by(0, 0.4, 0.35) },
  },
  {
    name: "tqdm over the epochs",
    text: `\rEpochs:   0%|          | 0/3 [00:00<?, ?it/s]\rEpochs: ${bar(1, 3)} [00:02<00:04, 2.0s/it, loss=0.9, val_dice=0.1]\rEpochs: ${bar(2, 3)} [00:04<00:02, 2.0s/it, loss=0.8, val_dice=0.2]\rEpochs: ${bar(3, 3)} [00:06<00:00, 2.0s/it, loss=0.7, val_dice=0.3]\n`,
    series: { loss: by(1, 0.9, 0.8, 0.7), val_dice: by(1, 0.1, 0.2, 0.3) },
  },
  {
    name: "tqdm in a loop that prints its epochs",
    text: `Epoch 1/2\n\r${bar(5, 10)} [00:01<00:01, 5.0it/s, loss=0.9]\r${bar(10, 10)} [00:02<00:00, 5.0it/s, loss=0.8]\nval dice: 0.5\nEpoch 2/2\n\r${bar(10, 10)} [00:02<00:00, 5.0it/s, loss=0.6]\nval dice: 0.6\n`,
    series: { loss: by(1, 0.8, 0.6), "val dice": by(1, 0.5, 0.6) },
  },
  {
    name: "prefix in brackets",
    text: "[E1] loss=0.9 dice=0.1 (best)\n[E2] loss=0.8 dice=0.2\n[E3] loss=0.7 dice=0.3\n",
    series: { loss: by(1, 0.9, 0.8, 0.7), dice: by(1, 0.1, 0.2, 0.3) },
  },
  {
    name: "key=value",
    text: "epoch=0 train_loss=1.2e-1 val_loss=0.2 lr=1e-3 time=12.3s\nepoch=1 train_loss=1.1e-1 val_loss=0.19 lr=1e-3 time=12.1s\n",
    series: { train_loss: by(0, 0.12, 0.11), val_loss: by(0, 0.2, 0.19), lr: by(0, 0.001, 0.001) },
  },
  {
    name: "short name of the epoch",
    text: "ep 1 loss 0.9 acc 91.2%\nep 2 loss 0.8 acc 92.3%\n",
    series: { loss: by(1, 0.9, 0.8), acc: by(1, 91.2, 92.3) },
  },
  {
    name: "phases before the names",
    text: "Epoch 1\nTrain: loss 0.5 acc 0.7\nVal: loss 0.4 acc 0.8\nEpoch 2\nTrain: loss 0.3 acc 0.75\nVal: loss 0.2 acc 0.85\n",
    series: { "train loss": by(1, 0.5, 0.3), "train acc": by(1, 0.7, 0.75), "val loss": by(1, 0.4, 0.2), "val acc": by(1, 0.8, 0.85) },
  },
  {
    name: "phases as lines of their own",
    text: "Epoch 1/2\n=== Training ===\nloss: 0.5\n=== Validation ===\nloss: 0.4\ndice: 0.6\nEpoch 2/2\n=== Training ===\nloss: 0.3\n=== Validation ===\nloss: 0.2\ndice: 0.7\n",
    series: { "training loss": by(1, 0.5, 0.3), "validation loss": by(1, 0.4, 0.2), "validation dice": by(1, 0.6, 0.7) },
  },
  {
    name: "train and validation in one line, commas",
    text: "Epoch [1/50], Train Loss: 0.51, Acc: 0.81, Val Loss: 0.41, Acc: 0.71\nEpoch [2/50], Train Loss: 0.31, Acc: 0.82, Val Loss: 0.21, Acc: 0.72\n",
    series: { "Train Loss": by(1, 0.51, 0.31), "train Acc": by(1, 0.81, 0.82), "Val Loss": by(1, 0.41, 0.21), "val Acc": by(1, 0.71, 0.72) },
  },
  {
    name: "steps within epochs in brackets",
    text: "Epoch [1/2], Step [10/20], Loss: 0.9\nEpoch [1/2], Step [20/20], Loss: 0.8\nEpoch [2/2], Step [10/20], Loss: 0.7\nEpoch [2/2], Step [20/20], Loss: 0.6\n",
    series: { Loss: [[10, 0.9], [20, 0.8], [30, 0.7], [40, 0.6]] },
    iterations: ["Loss"],
  },
  {
    name: "PyTorch-GAN brackets",
    text: "[Epoch 0/200] [Batch 0/938] [D loss: 0.693] [G loss: 0.71]\n[Epoch 0/200] [Batch 1/938] [D loss: 0.683] [G loss: 0.72]\n[Epoch 1/200] [Batch 0/938] [D loss: 0.5] [G loss: 0.9]\n",
    series: { "D loss": [[0, 0.693], [1, 0.683], [938, 0.5]], "G loss": [[0, 0.71], [1, 0.72], [938, 0.9]] },
    iterations: ["D loss", "G loss"],
  },
  {
    name: "logging with stamps, level and name",
    text: "2023-05-01 12:00:00,123 - INFO - root - Epoch 1: train_loss: 0.5, val_loss: 0.4\n2023-05-01 12:01:00,123 - INFO - root - Epoch 2: train_loss: 0.4, val_loss: 0.3\n",
    series: { train_loss: by(1, 0.5, 0.4), val_loss: by(1, 0.4, 0.3) },
  },
  {
    name: "loguru",
    text: "2023-05-01 12:00:00.123 | INFO     | __main__:train:57 - Epoch 1 train_loss=0.5 val_dice=0.4\n2023-05-01 12:01:00.123 | INFO     | __main__:train:57 - Epoch 2 train_loss=0.4 val_dice=0.5\n",
    series: { train_loss: by(1, 0.5, 0.4), val_dice: by(1, 0.4, 0.5) },
  },
  {
    name: "hydra",
    text: "[2023-05-01 12:00:00,123][__main__][INFO] - Epoch 1, loss: 0.5, miou: 0.31\n[2023-05-01 12:01:00,123][__main__][INFO] - Epoch 2, loss: 0.4, miou: 0.35\n",
    series: { loss: by(1, 0.5, 0.4), miou: by(1, 0.31, 0.35) },
  },
  {
    name: "tensors as they print",
    text: "epoch 1 loss: tensor(0.5123, device='cuda:0', grad_fn=<MeanBackward0>) dice: np.float32(0.7)\nepoch 2 loss: tensor(0.4123, device='cuda:0', grad_fn=<MeanBackward0>) dice: np.float32(0.8)\n",
    series: { loss: by(1, 0.5123, 0.4123), dice: by(1, 0.7, 0.8) },
  },
  {
    name: "arrays of classes over np.float32 and tensor",
    text: "epoch 1 | dice per class: [np.float32(0.5), np.float32(nan)] | iou: tensor([0.1, 0.2], device='cuda:0')\nepoch 2 | dice per class: [np.float32(0.6), np.float32(0.3)] | iou: tensor([0.3, 0.4], device='cuda:0')\n",
    series: { "dice per class/0": by(1, 0.5, 0.6), "dice per class/1": by(1, NaN, 0.3), "iou/0": by(1, 0.1, 0.3), "iou/1": by(1, 0.2, 0.4) },
  },
  {
    name: "numpy's list without commas",
    text: "Epoch 1 mean dice: 0.5 class dice: [0.25 0.75]\nEpoch 2 mean dice: 0.6 class dice: [0.35 0.85]\n",
    series: { "mean dice": by(1, 0.5, 0.6), "class dice/0": by(1, 0.25, 0.35), "class dice/1": by(1, 0.75, 0.85) },
  },
  {
    name: "classes by name in a dict",
    text: "Epoch 1: val_loss: 0.5, val_dice: {'liver': 0.9, 'tumor': 0.2}\nEpoch 2: val_loss: 0.4, val_dice: {'liver': 0.92, 'tumor': 0.3}\n",
    series: { val_loss: by(1, 0.5, 0.4), "val_dice/liver": by(1, 0.9, 0.92), "val_dice/tumor": by(1, 0.2, 0.3) },
  },
  {
    name: "classes by number, a line each",
    text: "Epoch 1\nloss: 0.5\nclass 0 dice: 0.9\nclass 1 dice: 0.5\nEpoch 2\nloss: 0.4\nclass 0 dice: 0.95\nclass 1 dice: 0.6\n",
    series: { loss: by(1, 0.5, 0.4), "class 0 dice": by(1, 0.9, 0.95), "class 1 dice": by(1, 0.5, 0.6) },
  },
  {
    name: "classes by number behind the measure",
    text: "Epoch: 1 - Dice class 1: 0.5 - Dice class 2: 0.6\nEpoch: 2 - Dice class 1: 0.55 - Dice class 2: 0.65\n",
    series: { "Dice class 1": by(1, 0.5, 0.55), "Dice class 2": by(1, 0.6, 0.65) },
  },
  {
    name: "losses that become nan and inf",
    text: "Epoch 1, Loss: 0.5\nEpoch 2, Loss: inf\nEpoch 3, Loss: nan\n",
    series: { Loss: by(1, 0.5, Infinity, NaN) },
  },
  {
    name: "negative losses, scientific notation",
    text: "Epoch 001 | Dice loss -0.51 | lr 1.00e-03\nEpoch 002 | Dice loss -0.61 | lr 9.00e-04\n",
    series: { "Dice loss": by(1, -0.51, -0.61), lr: by(1, 0.001, 0.0009) },
  },
  {
    name: "SLURM output with ranks and warnings",
    text: "0: /opt/conda/lib/python3.10/site-packages/torch/functional.py:504: UserWarning: torch.meshgrid: in an upcoming release (Triggered internally at ../aten/src/ATen/native/TensorShape.cpp:3190.)\n0: Epoch 1 loss 0.5 val_loss 0.4\n0: Epoch 2 loss 0.4 val_loss 0.3\nslurmstepd: error: *** JOB 12345 ON node01 CANCELLED AT 2023-05-01T12:00:00 DUE TO TIME LIMIT ***\n",
    series: { loss: by(1, 0.5, 0.4), val_loss: by(1, 0.4, 0.3) },
  },
  {
    name: "the epoch behind",
    text: "train loss: 0.5, val loss: 0.4, epoch: 1\ntrain loss: 0.4, val loss: 0.3, epoch: 2\n",
    series: { "train loss": by(1, 0.5, 0.4), "val loss": by(1, 0.4, 0.3) },
  },
  {
    name: "a resumed training",
    text: "Epoch 1/4 loss: 0.9\nEpoch 2/4 loss: 0.8\nEpoch 3/4 loss: 0.7\nTraceback (most recent call last):\n  File \"train.py\", line 12, in <module>\nRuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.79 GiB total capacity)\nResuming from epoch 2\nEpoch 3/4 loss: 0.75\nEpoch 4/4 loss: 0.6\nBest epoch: 4\n",
    series: { loss: by(1, 0.9, 0.8, 0.75, 0.6) },
  },
  {
    name: "a training that starts anew",
    text: "Epoch 1/4 loss: 0.9 dice: 0.1\nEpoch 2/4 loss: 0.8 dice: 0.2\nEpoch 3/4 loss: 0.7 dice: 0.3\nEpoch 2/4 loss: 0.85 dice: 0.15\nEpoch 3/4 loss: 0.6 dice: 0.4\n",
    series: { loss: by(1, 0.9, 0.85, 0.6), dice: by(1, 0.1, 0.15, 0.4) },
    restarts: 1,
  },
  {
    name: "early stopping and saved models between",
    text: "Epoch 1/9 - loss: 0.9 - val_loss: 0.8\nValidation loss decreased (inf --> 0.800000).  Saving model ...\nEpoch 2/9 - loss: 0.7 - val_loss: 0.85\nEarlyStopping counter: 1 out of 7\nEpoch 3/9 - loss: 0.6 - val_loss: 0.86\nEarlyStopping counter: 2 out of 7\nEarly stopping at epoch 3. Best epoch: 1\n",
    series: { loss: by(1, 0.9, 0.7, 0.6), val_loss: by(1, 0.8, 0.85, 0.86) },
  },
  {
    name: "several lines an epoch, indented",
    text: "Epoch 1/3\n  train loss: 0.9  val loss: 0.8\n  dice: 0.1\nsaved model\nEpoch 2/3\n  train loss: 0.7  val loss: 0.6\n  dice: 0.2\nEpoch 3/3\n  train loss: 0.5  val loss: 0.4\n  dice: 0.3\nsaved model\n",
    series: { "train loss": by(1, 0.9, 0.7, 0.5), "val loss": by(1, 0.8, 0.6, 0.4), dice: by(1, 0.1, 0.2, 0.3) },
  },
  {
    name: "UNet of the aitribune kind: Epoch done, words between",
    text: "Epoch 1 finished ! Loss: 0.9\nValidation Dice Coeff: 0.5\nEpoch 2 finished ! Loss: 0.8\nValidation Dice Coeff: 0.6\n",
    series: { Loss: by(1, 0.9, 0.8), "Validation Dice Coeff": by(1, 0.5, 0.6) },
  },
  {
    name: "percent, units and times beside",
    text: "Epoch: 1 | Time: 1m 3s | Train Loss: 0.5 | Train Acc: 81.20% | HD95: 5.3 mm | GPU mem: 3.2 GB | ETA 0:12:00\nEpoch: 2 | Time: 1m 3s | Train Loss: 0.4 | Train Acc: 82.20% | HD95: 5.1 mm | GPU mem: 3.2 GB | ETA 0:11:00\n",
    series: { "Train Loss": by(1, 0.5, 0.4), "Train Acc": by(1, 81.2, 82.2), HD95: by(1, 5.3, 5.1) },
  },
  {
    name: "slashes in names",
    text: "step 100 train/loss: 0.5 val/dice: 0.3\nstep 200 train/loss: 0.4 val/dice: 0.4\n",
    series: { "train/loss": [[100, 0.5], [200, 0.4]], "val/dice": [[100, 0.3], [200, 0.4]] },
    iterations: ["train/loss", "val/dice"],
  },
  {
    name: "nanoGPT",
    text: "step 0: train loss 4.2874, val loss 4.2823\niter 0: loss 4.2664, time 23961.88ms, mfu -100.00%\niter 10: loss 3.2664, time 23.88ms, mfu 10.00%\nstep 250: train loss 1.9, val loss 2.0\niter 250: loss 2.1, time 23.88ms, mfu 10.00%\n",
    series: { "train loss": [[0, 4.2874], [250, 1.9]], "val loss": [[0, 4.2823], [250, 2]], loss: [[0, 4.2664], [10, 3.2664], [250, 2.1]] },
    iterations: ["train loss", "val loss", "loss"],
  },
  {
    name: "a bare counter of epochs",
    text: "[1/3] train_loss: 0.9 val_loss: 1.1\n[2/3] train_loss: 0.5 val_loss: 0.7\n[3/3] train_loss: 0.4 val_loss: 0.6\n",
    series: { train_loss: by(1, 0.9, 0.5, 0.4), val_loss: by(1, 1.1, 0.7, 0.6) },
  },
  {
    name: "a bare counter of iterations",
    text: "[100/20000] loss: 0.9 lr: 0.01\n[200/20000] loss: 0.5 lr: 0.01\n[300/20000] loss: 0.4 lr: 0.01\n",
    series: { loss: [[100, 0.9], [200, 0.5], [300, 0.4]], lr: [[100, 0.01], [200, 0.01], [300, 0.01]] },
    iterations: ["loss", "lr"],
  },
  {
    name: "Keras, verbose 2",
    text: "Epoch 1/2\n63/63 - 3s - 45ms/step - accuracy: 0.5 - loss: 0.9 - val_accuracy: 0.6 - val_loss: 0.8\nEpoch 2/2\n63/63 - 2s - 35ms/step - accuracy: 0.7 - loss: 0.5 - val_accuracy: 0.65 - val_loss: 0.6\n",
    series: { accuracy: by(1, 0.5, 0.7), loss: by(1, 0.9, 0.5), val_accuracy: by(1, 0.6, 0.65), val_loss: by(1, 0.8, 0.6) },
  },
  {
    name: "Keras 2, verbose 1, in a file",
    text: "Epoch 1/2\n\n 1/63 [..............................] - ETA: 10s - loss: 1.2000 - dice_coef: 0.1000\n63/63 [==============================] - ETA: 0s - loss: 0.9100 - dice_coef: 0.2000\nEpoch 1: val_loss improved from inf to 0.80000, saving model to best.h5\n\n63/63 [==============================] - 3s 45ms/step - loss: 0.9000 - dice_coef: 0.2100 - val_loss: 0.8000 - val_dice_coef: 0.3000\nEpoch 2/2\n\n 1/63 [..............................] - ETA: 10s - loss: 0.8000 - dice_coef: 0.3000\n63/63 [==============================] - ETA: 0s - loss: 0.7100 - dice_coef: 0.4000\nEpoch 2: val_loss improved from 0.80000 to 0.60000, saving model to best.h5\n\n63/63 [==============================] - 3s 45ms/step - loss: 0.7000 - dice_coef: 0.4100 - val_loss: 0.6000 - val_dice_coef: 0.5000\n",
    series: { loss: by(1, 0.9, 0.7), dice_coef: by(1, 0.21, 0.41), val_loss: by(1, 0.8, 0.6), val_dice_coef: by(1, 0.3, 0.5) },
  },
  {
    name: "tf.keras 1.x",
    text: "Train on 1000 samples, validate on 100 samples\nEpoch 1/2\n - 3s - loss: 0.9000 - acc: 0.5000 - val_loss: 0.8000 - val_acc: 0.6000\nEpoch 2/2\n - 3s - loss: 0.7000 - acc: 0.6000 - val_loss: 0.6000 - val_acc: 0.7000\n",
    series: { loss: by(1, 0.9, 0.7), acc: by(1, 0.5, 0.6), val_loss: by(1, 0.8, 0.6), val_acc: by(1, 0.6, 0.7) },
  },
];
