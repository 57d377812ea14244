import type { Snippets } from "./snippets";

const MONAI = "import torch\nfrom monai.losses import DiceLoss, DiceCELoss, DiceFocalLoss, FocalLoss\nfrom monai.networks.nets import UNet\n\nnet = UNet(spatial_dims=3, in_channels=1, out_channels=4, channels=(16, 32), strides=(2,))\n";
const STEP = "for batch in loader:\n    loss = criterion(net(batch[\"image\"]), batch[\"label\"])\n    loss.backward()\n";
const TORCH = "import torch\nimport torch.nn as nn\n\nmodel = nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Conv2d(16, 5, 1))\n";

export const L13: Snippets = {
  bad: [
    { what: "MONAI DiceLoss without background, weights of all classes", code: `${MONAI}criterion = DiceLoss(include_background=False, to_onehot_y=True, softmax=True, weight=torch.tensor([0.1, 1.0, 1.0, 2.0]))\n${STEP}`, begins: "criterion(net" },
    { what: "MONAI DiceCELoss without background, weights of the foreground", code: `${MONAI}weights = torch.tensor([1.0, 1.0, 2.0]).to("cuda")\ncriterion = DiceCELoss(include_background=False, to_onehot_y=True, softmax=True, weight=weights)\n${STEP}`, begins: "criterion(net" },
    { what: "MONAI FocalLoss", code: `${MONAI}criterion = FocalLoss(to_onehot_y=True, use_softmax=True, weight=[1.0, 2.0, 2.0])\n${STEP}`, begins: "criterion(net" },
    { what: "MONAI DiceFocalLoss in a class", code: `${MONAI}class Module:\n    def __init__(self):\n        self.model = UNet(2, 1, 3, channels=(16, 32), strides=(2,))\n        self.loss = DiceFocalLoss(include_background=False, to_onehot_y=True, softmax=True, weight=[1.0, 2.0, 2.0])\n\n    def training_step(self, batch):\n        out = self.model(batch["image"])\n        return self.loss(out, batch["label"])\n`, begins: "self.loss(out" },
    { what: "cross-entropy (PyTorch)", code: `${TORCH}criterion = nn.CrossEntropyLoss(weight=torch.tensor([0.2, 1.0, 1.0, 1.0]))\nfor x, y in loader:\n    loss = criterion(model(x), y)\n`, begins: "criterion(model" },
    { what: "smp class_weights", code: "import segmentation_models_pytorch as smp\n\nmodel = smp.Unet(\"resnet34\", classes=3)\nloss_fn = smp.losses.DiceLoss(\"multiclass\", class_weights=[1.0, 2.0])\nloss = loss_fn(model(x), y)\n", begins: "loss_fn(model" },
  ],
  good: [
    { what: "MONAI DiceLoss without background, one weight less", code: `${MONAI}criterion = DiceLoss(include_background=False, to_onehot_y=True, softmax=True, weight=torch.tensor([1.0, 1.0, 2.0]))\n${STEP}` },
    { what: "MONAI DiceLoss with background", code: `${MONAI}criterion = DiceLoss(to_onehot_y=True, softmax=True, weight=[0.1, 1.0, 1.0, 2.0])\n${STEP}` },
    { what: "MONAI DiceCELoss without background: all weights", code: `${MONAI}criterion = DiceCELoss(include_background=False, to_onehot_y=True, softmax=True, weight=torch.tensor([0.1, 1.0, 1.0, 2.0]))\n${STEP}` },
    { what: "one weight for all classes", code: `${MONAI}criterion = DiceLoss(include_background=False, to_onehot_y=True, softmax=True, weight=0.5)\n${STEP}` },
    { what: "whether the background takes part is not known", code: `${MONAI}criterion = DiceLoss(include_background=args.background, to_onehot_y=True, softmax=True, weight=[0.1, 1.0, 1.0, 2.0])\n${STEP}` },
    { what: "cross-entropy, a weight for each channel (PyTorch)", code: `${TORCH}criterion = nn.CrossEntropyLoss(weight=torch.tensor([0.2, 1.0, 1.0, 1.0, 1.0]))\nfor x, y in loader:\n    loss = criterion(model(x), y)\n` },
    { what: "weights that are computed", code: `${TORCH}weights = torch.tensor([0.2, 1.0]) + torch.tensor([1.0, 1.0])\ncriterion = nn.CrossEntropyLoss(weight=torch.cat([weights, extra]))\nloss = criterion(model(x), y)\n` },
    { what: "smp: weights of picked classes", code: "import segmentation_models_pytorch as smp\n\nmodel = smp.Unet(\"resnet34\", classes=3)\nloss_fn = smp.losses.DiceLoss(\"multiclass\", class_weights=[1.0, 2.0, 2.0])\nloss = loss_fn(model(x), y)\n" },
  ],
};
